package io.dmctl.targets.spi.crypto;

import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.MemorySegment;

/// Sectors in a row that are to be encrypted or decrypted: from where, to where, and an initialisation vector
/// each.
/// One a thread, filled anew for every call.
@HotPath
public final class SectorRun {
    /// Bytes of an initialisation vector.
    public static final int IV_BYTES = 16;

    /// `fromAt` and `toAt` are bytes; the two ranges are the same or do not overlap.
    public MemorySegment from = MemorySegment.NULL;

    public long fromAt;
    public MemorySegment to = MemorySegment.NULL;
    public long toAt;

    /// A multiple of 16, at most 4096.
    public int sectorBytes;

    public int sectors;

    /// 16 bytes a sector, from `ivAt`; native.
    public MemorySegment ivs = MemorySegment.NULL;

    public long ivAt;

    public SectorRun() {}
}
