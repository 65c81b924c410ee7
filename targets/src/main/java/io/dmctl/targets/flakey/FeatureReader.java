package io.dmctl.targets.flakey;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.Locale;

/// Reads the feature words of a table line, once. @kernel drivers/md/dm-flakey.c `parse_features`
final class FeatureReader {
    private static final int MAX_WORDS = 11;
    private static final long UINT_MAX = 0xffff_ffffL;
    private static final String RANDOM_READ = "random_read_corrupt";
    private static final String RANDOM_WRITE = "random_write_corrupt";

    private final TargetArgs args;
    /// Words of the group that are not read.
    private int left;

    private boolean errorReads;
    private boolean dropWrites;
    private boolean errorWrites;
    private long corruptByte;
    private boolean corruptByteInWrites;
    private int corruptValue;
    private int corruptFlags;
    private int randomRead;
    private int randomWrite;

    FeatureReader(TargetArgs args) {
        this.args = args;
    }

    /// Words behind the group are ignored, as the kernel does.
    FlakeyFeatures read() throws TargetException {
        left = args.remaining() == 0 ? 0 : args.argGroup(0, MAX_WORDS, "Invalid number of feature args");
        while (left > 0) {
            left--;
            final String word = args.shift("Insufficient feature arguments");
            switch (word.toLowerCase(Locale.ROOT)) {
                case "error_reads" -> errorReads = once(errorReads, "error_reads");
                case "drop_writes" -> {
                    dropWrites = once(dropWrites, "drop_writes");
                    refuseIf(errorWrites, "Feature drop_writes conflicts with feature error_writes");
                }
                case "error_writes" -> {
                    errorWrites = once(errorWrites, "error_writes");
                    refuseIf(dropWrites, "Feature error_writes conflicts with feature drop_writes");
                }
                case "corrupt_bio_byte" -> corruptBioByte();
                case RANDOM_READ -> randomRead = probability(randomRead, RANDOM_READ);
                case RANDOM_WRITE -> randomWrite = probability(randomWrite, RANDOM_WRITE);
                default -> refuseIf(true, "Unrecognised flakey feature requested");
            }
        }
        final FlakeyFeatures features = new FlakeyFeatures(
                errorReads,
                dropWrites,
                errorWrites,
                corruptByte,
                corruptByteInWrites,
                corruptValue,
                corruptFlags,
                randomRead,
                randomWrite);
        check(features);
        return features.none() ? FlakeyFeatures.ERROR_ALL : features;
    }

    private boolean once(boolean already, String name) throws TargetException {
        refuseIf(already, "Feature " + name + " duplicated");
        return true;
    }

    private void corruptBioByte() throws TargetException {
        refuseIf(corruptByte > 0, "Feature corrupt_bio_byte duplicated");
        refuseIf(left < 4, "Feature corrupt_bio_byte requires 4 parameters");
        left -= 4;
        corruptByte = args.arg(1, UINT_MAX, "Invalid corrupt bio byte");
        final String direction = args.shift("Invalid corrupt bio direction (r or w)");
        corruptByteInWrites = direction.equalsIgnoreCase("w");
        refuseIf(!corruptByteInWrites && !direction.equalsIgnoreCase("r"), "Invalid corrupt bio direction (r or w)");
        corruptValue = (int) args.arg(0, 255, "Invalid corrupt value to write into bio byte (0-255)");
        corruptFlags = (int) args.arg(0, UINT_MAX, "Invalid corrupt bio flags mask");
    }

    private int probability(int already, String name) throws TargetException {
        refuseIf(already > 0, "Feature " + name + " duplicated");
        refuseIf(left == 0, "Feature " + name + " requires a parameter");
        left--;
        return (int) args.arg(0, FlakeyFeatures.PROBABILITY_BASE, "Invalid random corrupt argument");
    }

    private static void check(FlakeyFeatures f) throws TargetException {
        final String writes = " is incompatible with random_write_corrupt or corrupt_bio_byte with the WRITE flag set";
        if (f.dropWrites() && f.corruptsWrites()) {
            throw TargetException.invalid("drop_writes" + writes);
        }
        if (f.errorWrites() && f.corruptsWrites()) {
            throw TargetException.invalid("error_writes" + writes);
        }
        if (f.errorReads() && f.corruptsReads()) {
            throw TargetException.invalid(
                    "error_reads is incompatible with random_read_corrupt or corrupt_bio_byte with the READ flag set");
        }
    }

    /// Refuses the word that was read last.
    private void refuseIf(boolean bad, String text) throws TargetException {
        if (bad) {
            throw new TargetException(text, EINVAL, args.count() - args.remaining() - 1);
        }
    }
}
