package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.crypto.SectorRun;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How a sector's number becomes its initialisation vector. What essiv does with it comes after.
///
/// @kernel drivers/md/dm-crypt.c `crypt_iv_*_gen`
enum IvMode {
    /// The low 32 bits, little-endian.
    PLAIN,
    /// 64 bits, little-endian.
    PLAIN64,
    /// 64 bits, big-endian, in the last 8 bytes.
    PLAIN64BE,
    /// The number of the sector's first 16-byte block, counted from 1, big-endian, in the last 8 bytes.
    BENBI,
    NULL,
    /// The cipher takes none.
    NONE;

    private static final ValueLayout.OfLong LE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long UINT_MASK = 0xffff_ffffL;
    /// A 512-byte sector has 2^5 blocks of AES. The kernel shifts by this whatever the sector size.
    private static final int BENBI_SHIFT = 5;

    /// Writes `count` vectors to `ivs`: of sector `first`, `first + step`, ..., each shifted right by `shift`.
    @HotPath
    void fill(MemorySegment ivs, long first, int step, int shift, int count) {
        for (int i = 0; i < count; i++) {
            final long n = (first + (long) i * step) >>> shift;
            final long low = switch (this) {
                case PLAIN -> n & UINT_MASK;
                case PLAIN64 -> n;
                case PLAIN64BE, BENBI, NULL, NONE -> 0;
            };
            final long high = switch (this) {
                case PLAIN64BE -> Long.reverseBytes(n);
                case BENBI -> Long.reverseBytes((n << BENBI_SHIFT) + 1);
                case PLAIN, PLAIN64, NULL, NONE -> 0;
            };
            final long at = (long) i * SectorRun.IV_BYTES;
            ivs.set(LE, at, low);
            ivs.set(LE, at + 8, high);
        }
    }
}
