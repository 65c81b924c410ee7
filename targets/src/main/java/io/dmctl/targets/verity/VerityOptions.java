package io.dmctl.targets.verity;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The optional arguments, read in order. Confined to the constructor.
///
/// @kernel drivers/md/dm-verity-target.c `verity_parse_opt_args`, drivers/md/dm-verity-fec.c
/// `verity_fec_parse_opt_args`
final class VerityOptions {
    static final int FIRST_ARGUMENT = 10;
    static final String FEC_DEVICE = "use_fec_from_device";
    static final String FEC_BLOCKS = "fec_blocks";
    static final String FEC_START = "fec_start";
    static final String FEC_ROOTS = "fec_roots";
    static final String SIGNATURE = "root_hash_sig_key_desc";
    static final String COUNT_ERROR = "Invalid number of feature args";
    /// Five of its own and four with a value: a kernel with FEC and without signatures.
    private static final int MOST = 13;

    private static final int E2BIG = 7;
    private static final int MIN_ROOTS = 2;
    private static final int MAX_ROOTS = 24;

    private ErrorMode mode = ErrorMode.EIO;
    private ErrorMode errorMode = ErrorMode.EIO;
    private boolean ignoreZeroBlocks;
    private boolean checkAtMostOnce;
    private boolean tryVerifyInTasklet;

    private @Nullable LowerDevice fecDev;

    private long fecBlocks;
    private long fecStart;
    private int fecRoots;

    /// Looks at the number of options only, as the kernel's first pass over them comes to.
    static void checkCount(TargetArgs args) throws TargetException {
        if (args.count() > FIRST_ARGUMENT && end(args) < 0) {
            throw new TargetException(COUNT_ERROR, EINVAL, FIRST_ARGUMENT);
        }
    }

    /// The first word that is no option; -1 when their number is not right.
    static int end(TargetArgs args) {
        if (args.count() <= FIRST_ARGUMENT) {
            return args.count();
        }
        try (TargetArgs number = TargetArgs.split(args.word(FIRST_ARGUMENT))) {
            final int end = FIRST_ARGUMENT + 1 + (int) number.arg(0, MOST, COUNT_ERROR);
            return end <= args.count() ? end : -1;
        } catch (TargetException e) {
            return -1;
        }
    }

    /// Words past the number that is told are ignored, as in the kernel.
    static VerityOptions parse(TargetContext ti, TargetArgs args, int dataBlockBytes, long dataBlocks)
            throws TargetException {
        final VerityOptions options = new VerityOptions();
        if (args.remaining() > 0) {
            int left = args.argGroup(0, MOST, COUNT_ERROR);
            while (left > 0) {
                left -= options.take(ti, args, left, dataBlockBytes, dataBlocks);
            }
        }
        return options;
    }

    /// Reads an option, of `left` words that are there; answers how many words it took.
    private int take(TargetContext ti, TargetArgs args, int left, int dataBlockBytes, long dataBlocks)
            throws TargetException {
        final int at = args.count() - args.remaining();
        final String option = args.shift(COUNT_ERROR).toLowerCase(Locale.ROOT);
        switch (option) {
            case "ignore_corruption" -> mode = once(mode, ErrorMode.LOGGING, at);
            case "restart_on_corruption" -> mode = once(mode, ErrorMode.RESTART, at);
            case "panic_on_corruption" -> mode = once(mode, ErrorMode.PANIC, at);
            case "restart_on_error" -> errorMode = once(errorMode, ErrorMode.RESTART, at);
            case "panic_on_error" -> errorMode = once(errorMode, ErrorMode.PANIC, at);
            case "ignore_zero_blocks" -> ignoreZeroBlocks = true;
            case "check_at_most_once" -> {
                if (dataBlocks > Integer.MAX_VALUE) {
                    throw new TargetException("device too large to use check_at_most_once", E2BIG, at);
                }
                checkAtMostOnce = true;
            }
            case "try_verify_in_tasklet" -> tryVerifyInTasklet = true;
            case FEC_DEVICE, FEC_BLOCKS, FEC_START, FEC_ROOTS -> {
                if (left < 2) {
                    throw new TargetException("FEC feature arguments require a value", EINVAL, at + 1);
                }
                takeFec(ti, args, option, dataBlockBytes);
                return 2;
            }
            default -> {
                // A kernel without signatures says no more than the first words.
                final String why = option.equals(SIGNATURE)
                        ? ": " + option
                                + ": only the kernel reads the key and has the certificates; check the signature"
                                + " before, with: openssl smime -verify"
                        : ": " + option;
                throw new TargetException("Unrecognized verity feature request" + why, EINVAL, at);
            }
        }
        return 1;
    }

    private static ErrorMode once(ErrorMode before, ErrorMode now, int at) throws TargetException {
        if (before != ErrorMode.EIO) {
            throw new TargetException("Conflicting error handling parameters", EINVAL, at);
        }
        return now;
    }

    private void takeFec(TargetContext ti, TargetArgs args, String option, int dataBlockBytes) throws TargetException {
        switch (option) {
            case FEC_DEVICE -> fecDev = fecDevice(ti, args);
            case FEC_BLOCKS -> fecBlocks = blocks(args, "Invalid fec_blocks", dataBlockBytes);
            case FEC_START -> fecStart = blocks(args, "Invalid fec_start", dataBlockBytes);
            default -> {
                final int at = args.count() - args.remaining();
                fecRoots = (int) (args.sectors("Invalid fec_roots") & 0xff); // sscanf's %hhu
                if (fecRoots < MIN_ROOTS || fecRoots > MAX_ROOTS) {
                    throw new TargetException("Invalid fec_roots", EINVAL, at);
                }
            }
        }
    }

    private LowerDevice fecDevice(TargetContext ti, TargetArgs args) throws TargetException {
        final DeviceArg arg = args.device("FEC feature arguments require a value");
        if (fecDev != null) {
            throw new TargetException("FEC device already specified", EINVAL, arg.index());
        }
        return open(ti, arg, "FEC device lookup failed");
    }

    static LowerDevice open(TargetContext ti, DeviceArg arg, String error) throws TargetException {
        try {
            return ti.getDevice(arg);
        } catch (TargetException e) {
            throw new TargetException(error + ": " + e.getMessage(), e.errno(), arg.index());
        }
    }

    /// A number of blocks whose sectors the kernel can count.
    static long blocks(TargetArgs args, String error, int blockBytes) throws TargetException {
        final int at = args.count() - args.remaining();
        final long blocks = args.sectors(error);
        final int shift = Integer.numberOfTrailingZeros(blockBytes) - 9;
        if ((blocks << shift) >>> shift != blocks) {
            throw new TargetException(error, EINVAL, at);
        }
        return blocks;
    }

    ErrorMode mode() {
        return mode;
    }

    ErrorMode errorMode() {
        return errorMode;
    }

    boolean ignoreZeroBlocks() {
        return ignoreZeroBlocks;
    }

    boolean checkAtMostOnce() {
        return checkAtMostOnce;
    }

    boolean tryVerifyInTasklet() {
        return tryVerifyInTasklet;
    }

    @Nullable
    LowerDevice fecDev() {
        return fecDev;
    }

    long fecBlocks() {
        return fecBlocks;
    }

    long fecStart() {
        return fecStart;
    }

    int fecRoots() {
        return fecRoots;
    }
}
