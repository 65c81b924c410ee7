package io.dmctl.targets.spi;

/// How the core splits and duplicates bios for a target; read again at each resume.
///
/// `maxIoLenSectors` counts from the target's start, 0 for no limit; it has 32 unsigned bits in the kernel. A count of
/// 0 bios: a flush is done at once for
/// this target, a
/// discard is not supported, zeros are written out by the core.
///
/// @kernel include/linux/device-mapper.h `struct dm_target`
public record TargetLimits(
        long maxIoLenSectors,
        int numFlushBios,
        int numDiscardBios,
        int numWriteZeroesBios,
        boolean flushSupported,
        boolean discardsSupported,
        boolean flushBypassesMap) {
    /// No flush, no discard, no write zeroes, no split.
    public static final TargetLimits NONE = new TargetLimits(0, 0, 0, 0, false, false, false);

    public TargetLimits {
        if (maxIoLenSectors < 0 || numFlushBios < 0 || numDiscardBios < 0 || numWriteZeroesBios < 0) {
            throw new IllegalArgumentException("limits must not be negative");
        }
    }

    /// A target that passes everything to its device(s), one bio each.
    public static TargetLimits passThrough(int bios) {
        return new TargetLimits(0, bios, bios, bios, false, false, true);
    }

    public TargetLimits withMaxIoLen(long sectors) {
        return new TargetLimits(
                sectors,
                numFlushBios,
                numDiscardBios,
                numWriteZeroesBios,
                flushSupported,
                discardsSupported,
                flushBypassesMap);
    }
}
