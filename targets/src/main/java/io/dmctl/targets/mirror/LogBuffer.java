package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// What a disk log's device begins with: the header, and from byte 1024 on a bit a region, set when it is clean.
///
/// Thread rule: the mirror's domain. The memory is this object's, until [#close].
///
/// @kernel drivers/md/dm-log.c `struct log_header_disk` `read_header` `disk_resume`
final class LogBuffer implements AutoCloseable {
    private static final int MAGIC = 0x4D695272; // "MiRr"
    private static final int VERSION = 2;
    private static final int BITS_OFFSET = 1024;
    private static final int ALIGN_BYTES = 4096;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer;
    private final Data data;
    private final long regions;

    LogBuffer(long regions, LowerDevice dev) {
        this.regions = regions;
        buffer = arena.allocate(bytes(regions, dev), ALIGN_BYTES);
        data = Data.of(buffer);
        setAll(true);
    }

    private static long bitsBytes(long regions) {
        return (regions + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
    }

    /// The header, the bits in whole 64-bit words, whole logical blocks.
    static long bytes(long regions, LowerDevice dev) {
        final long block = dev.limits().logicalBlockSize();
        return (BITS_OFFSET + bitsBytes(regions) + block - 1) / block * block;
    }

    Data data() {
        return data;
    }

    int sectors() {
        return (int) (buffer.byteSize() >> 9);
    }

    @HotPath
    boolean isClean(long region) {
        return ((buffer.get(ValueLayout.JAVA_BYTE, BITS_OFFSET + (region >>> 3)) >>> (region & 7)) & 1) != 0;
    }

    @HotPath
    void setClean(long region, boolean on) {
        final long at = BITS_OFFSET + (region >>> 3);
        final int bit = 1 << (region & 7);
        final byte before = buffer.get(ValueLayout.JAVA_BYTE, at);
        buffer.set(ValueLayout.JAVA_BYTE, at, (byte) (on ? before | bit : before & ~bit));
    }

    void setAll(boolean clean) {
        buffer.asSlice(BITS_OFFSET, bitsBytes(regions)).fill(clean ? (byte) 0xff : 0);
    }

    /// The version of the log that was read: 0 when it is none. Version 1 is the same as 2, little-endian.
    int version() {
        if (buffer.get(INT, 0) != MAGIC) {
            return 0;
        }
        final int version = buffer.get(INT, 4);
        return version == 1 ? VERSION : version;
    }

    static boolean known(int version) {
        return version == VERSION;
    }

    /// How many of our regions the log that was read knows.
    long knownRegions() {
        return Math.clamp(buffer.get(LONG, 8), 0, regions);
    }

    /// Gives the log as many regions as there are: those from `from` on are `clean` or not, what lies behind is not.
    void resize(long from, boolean clean) {
        for (long region = from; region < regions; region++) {
            setClean(region, clean);
        }
        for (long region = regions; (region & 63) != 0; region++) {
            setClean(region, false);
        }
    }

    /// Makes the header ours; a version that is not known stays, so that nobody takes the bits for good.
    void setHeader(int version) {
        buffer.set(INT, 0, MAGIC);
        buffer.set(INT, 4, version == 0 ? VERSION : version);
        buffer.set(LONG, 8, regions);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
