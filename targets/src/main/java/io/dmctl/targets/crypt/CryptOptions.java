package io.dmctl.targets.crypt;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The optional arguments: flags, and the sector size in bytes.
///
/// @param aead the tags are the cipher's, which only the `capi:` form of a cipher can have
/// @param kernelOnly what the kernel takes and this engine does not; null for nothing
record CryptOptions(
        Set<Flag> flags,
        int sectorBytes,
        boolean aead,
        @Nullable TargetException kernelOnly) {
    static final int EOPNOTSUPP = 95;
    private static final int MAX_OPTIONS = 9;
    private static final int MAX_TAG_BYTES = 480;

    /// In the order of TABLE, which puts the sector size before the last. The five in the middle direct the
    /// kernel's
    /// work queues; here a request is encrypted by the thread that serves it, whatever they say.
    enum Flag {
        ALLOW_DISCARDS,
        SAME_CPU_CRYPT,
        HIGH_PRIORITY,
        SUBMIT_FROM_CRYPT_CPUS,
        NO_READ_WORKQUEUE,
        NO_WRITE_WORKQUEUE,
        IV_LARGE_SECTORS;

        final String word = name().toLowerCase(Locale.ROOT);
    }

    boolean has(Flag flag) {
        return flags.contains(flag);
    }

    /// How many 512-byte sectors one of the cipher's sectors is.
    int sectorStep() {
        return sectorBytes >> 9;
    }

    /// @kernel drivers/md/dm-crypt.c `crypt_ctr_optional`
    static CryptOptions parse(TargetArgs args, long lenSectors) throws TargetException {
        final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        int sectorBytes = 512;
        boolean aead = false;
        TargetException kernelOnly = null;
        if (args.remaining() > 0) {
            final int at = args.count() - args.remaining();
            final int count = args.argGroup(0, MAX_OPTIONS, "Invalid number of feature args");
            for (int i = 1; i <= count; i++) {
                final String word = args.shift("Not enough feature arguments");
                if (word.startsWith("sector_size:")) {
                    sectorBytes = sectorSize(word.substring("sector_size:".length()), at + i, lenSectors);
                } else if (word.startsWith("integrity:") || word.startsWith("integrity_key_size:")) {
                    kernelOnly = integrity(word, at + i);
                    aead |= word.toLowerCase(Locale.ROOT).endsWith(":aead");
                } else {
                    flags.add(flag(word, at + i));
                }
            }
        }
        return new CryptOptions(flags, sectorBytes, aead, kernelOnly);
    }

    private static int sectorSize(String number, int argument, long lenSectors) throws TargetException {
        // Read into 16 bits: what is above them is lost.
        final long bytes = Numbers.unsigned(number).orElseThrow(() -> unknown(argument)) & 0xffff;
        if (bytes < 512 || bytes > 4096 || Long.bitCount(bytes) != 1) {
            throw new TargetException("Invalid feature value for sector_size", EINVAL, argument);
        }
        if (lenSectors % (bytes >> 9) != 0) {
            throw new TargetException("Device size is not multiple of sector_size feature", EINVAL, argument);
        }
        return (int) bytes;
    }

    private static Flag flag(String word, int argument) throws TargetException {
        for (Flag flag : Flag.values()) {
            if (flag.word.equalsIgnoreCase(word)) {
                return flag;
            }
        }
        throw unknown(argument);
    }

    /// @return that there is none here
    /// @throws TargetException for the kernel's reasons
    private static TargetException integrity(String word, int argument) throws TargetException {
        final String[] parts = word.split(":", 3);
        final long bytes = Numbers.unsigned(parts[1]).orElseThrow(() -> unknown(argument)) & 0xffff_ffffL;
        if (parts[0].equals("integrity_key_size")) {
            if (parts.length > 2) {
                throw unknown(argument);
            }
            if (bytes == 0) {
                throw new TargetException("Invalid integrity_key_size argument", EINVAL, argument);
            }
        } else {
            if (bytes == 0 || bytes > MAX_TAG_BYTES) {
                throw new TargetException("Invalid integrity arguments", EINVAL, argument);
            }
            if (parts.length < 3 || !(parts[2].equalsIgnoreCase("aead") || parts[2].equalsIgnoreCase("none"))) {
                throw new TargetException("Unknown integrity profile", EINVAL, argument);
            }
        }
        return new TargetException("the Java engine's crypt has no " + parts[0] + " yet", EOPNOTSUPP, argument);
    }

    private static TargetException unknown(int argument) {
        return new TargetException("Invalid feature arguments", EINVAL, argument);
    }

    /// As TABLE has them, from the space in front; nothing when there are none.
    void print(StatusSink out) {
        final boolean sized = sectorBytes != 512;
        final int count = flags.size() + (sized ? 1 : 0);
        if (count == 0) {
            return;
        }
        out.text(" ").number(count);
        for (Flag flag : Flag.values()) {
            if (flag == Flag.IV_LARGE_SECTORS && sized) {
                out.text(" sector_size:").number(sectorBytes);
            }
            if (has(flag)) {
                out.text(" ").text(flag.word);
            }
        }
    }
}
