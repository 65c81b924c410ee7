package io.dmctl.targets.snapshot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The first 16 bytes of a persistent COW device, little-endian.
///
/// @kernel drivers/md/dm-snap-persistent.c `struct disk_header`
record CowHeader(boolean valid, int version, int chunkSectors) {
    /// "SnAp".
    static final int MAGIC = 0x70416e53;

    static final int VERSION = 1;

    private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// 0 on a device that is to be made a new store.
    static int magic(MemorySegment bytes) {
        return bytes.get(LE32, 0);
    }

    static CowHeader read(MemorySegment bytes) {
        return new CowHeader(bytes.get(LE32, 4) != 0, bytes.get(LE32, 8), bytes.get(LE32, 12));
    }

    /// Fills the whole of `to`.
    void write(MemorySegment to) {
        to.fill((byte) 0);
        to.set(LE32, 0, MAGIC);
        to.set(LE32, 4, valid ? 1 : 0);
        to.set(LE32, 8, version);
        to.set(LE32, 12, chunkSectors);
    }
}
