package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class QueueLimitsTest {
    /// The disk below the golden values: 512-byte blocks, 127 KiB, discard and write zeroes of 32 KiB, write back, no
    /// FUA.
    private static QueueLimits disk() {
        return with(b -> {
            b.maxSectors = 254;
            b.maxDiscardSectors = 64;
            b.discardGranularity = 512;
            b.maxWriteZeroesSectors = 64;
            b.volatileCache = true;
        });
    }

    private static QueueLimits with(Consumer<QueueLimits.Builder> change) {
        final QueueLimits.Builder b = QueueLimits.STACKING.toBuilder();
        change.accept(b);
        return b.build();
    }

    /// As the kernel's sysfs shows them: logical and physical block, io_min, io_opt, chunk_sectors, discard granularity
    /// and bytes, write zeroes bytes, cache, fua, dma mask.
    private static void golden(String table, String expected) throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 1024).limits(disk());
            g.ram("b", 1024).limits(disk());
            final QueueLimits l = g.create("dev", table).core().limits();
            final String discard = l.maxDiscardSectors() == QueueLimits.UNLIMITED
                    ? "huge"
                    : String.valueOf(l.maxDiscardSectors() << 9);
            assertEquals(
                    expected,
                    l.logicalBlockSize() + " " + l.physicalBlockSize() + " " + l.ioMin() + " " + l.ioOpt() + " "
                            + l.chunkSectors() + " " + l.discardGranularity() + " " + discard + " "
                            + (l.maxWriteZeroesSectors() << 9) + " " + (l.volatileCache() ? "wb" : "write_through")
                            + " " + (l.fua() ? 1 : 0) + " " + l.dmaAlignmentMask(),
                    table);
        }
    }

    /// The values of Linux 7.2 for these tables.
    @Test
    void asTheKernelExportsThem() throws TableException {
        golden("0 512 linear a 0", "512 512 512 0 0 512 32768 32768 wb 0 511");
        golden("0 512 zero", "512 512 512 0 0 512 huge 0 write_through 0 511");
        golden("0 512 error", "512 512 512 0 0 512 huge 0 write_through 0 511");
        golden("0 512 error a 0", "512 512 512 0 0 512 huge 0 wb 0 511");
        golden("0 512 striped 2 64 a 0 b 0", "512 512 32768 65536 64 512 65536 32768 wb 0 511");
        golden("0 512 unstriped 2 64 0 a 0", "512 512 512 0 64 0 0 0 wb 0 511");
        golden("0 512 switch 2 64 0 a 0 b 0", "512 512 512 0 0 512 32768 0 wb 0 511");
        golden("0 512 flakey a 0 1 0", "512 512 512 0 0 512 32768 0 wb 0 511");
        golden("0 512 dust a 0 512", "512 512 512 0 0 512 32768 0 wb 0 511");
        golden("0 512 null", "512 512 512 0 0 512 huge 0 write_through 0 511");
        golden("0 512 delay a 0 0", "512 512 512 0 0 512 32768 0 wb 0 511");
        golden("0 8 zero\n8 8 linear a 0", "512 512 512 0 0 512 32768 0 wb 0 511");
        golden("0 8 error\n8 8 linear a 0", "512 512 512 0 0 512 32768 0 wb 0 511");
    }

    private static QueueLimits stack(Consumer<QueueLimits.Builder> a, Consumer<QueueLimits.Builder> b) {
        return with(a).toBuilder().stack(with(b)).build();
    }

    @Test
    void sizesStackByGcdAndLcm() {
        final QueueLimits l = stack(
                b -> {
                    b.chunkSectors = 96;
                    b.ioOpt = 4096 * 6;
                },
                b -> {
                    b.chunkSectors = 64;
                    b.ioOpt = 4096 * 4;
                });
        assertEquals(32, l.chunkSectors());
        assertEquals(4096 * 12, l.ioOpt());
        assertEquals(64, stack(b -> {}, b -> b.chunkSectors = 64).chunkSectors());
        assertEquals(64, stack(b -> b.chunkSectors = 64, b -> {}).chunkSectors());
    }

    @Test
    void theSmallestThatIsNotZero() {
        final QueueLimits l = stack(
                b -> {
                    b.maxSectors = 0;
                    b.maxSegments = 9;
                    b.maxSegmentSize = 8192;
                    b.virtBoundaryMask = 4095;
                },
                b -> {
                    b.maxSectors = 100;
                    b.maxSegments = 0;
                    b.maxSegmentSize = 4096;
                    b.segBoundaryMask = 0;
                });
        assertEquals(100, l.maxSectors());
        assertEquals(9, l.maxSegments());
        assertEquals(4096, l.maxSegmentSize());
        assertEquals(4095, l.virtBoundaryMask());
        assertEquals(-1L, l.segBoundaryMask());
        assertEquals(0xffff, stack(b -> {}, b -> b.segBoundaryMask = 0xffff).segBoundaryMask());
    }

    @Test
    void writeZeroesIsZeroWhereOneIsZero() {
        assertEquals(
                0,
                stack(b -> b.maxWriteZeroesSectors = 0, b -> b.maxWriteZeroesSectors = 8)
                        .maxWriteZeroesSectors());
    }

    @Test
    void whatIsNotAMultipleOfThePhysicalBlockIsDropped() {
        final QueueLimits l = stack(
                b -> {
                    b.ioMin = 1536;
                    b.ioOpt = 6144;
                    b.chunkSectors = 12;
                },
                b -> {
                    b.logicalBlockSize = 4096;
                    b.physicalBlockSize = 4096;
                    b.maxSectors = 255;
                });
        assertEquals(4096, l.ioMin());
        assertEquals(0, l.ioOpt());
        assertEquals(0, l.chunkSectors());
        assertEquals(248, l.maxSectors());
    }

    @Test
    void aPhysicalBlockIsNotSmallerThanALogicalOne() {
        assertEquals(4096, stack(b -> {}, b -> b.logicalBlockSize = 4096).physicalBlockSize());
    }

    /// @kernel drivers/md/dm.c `dm_swap_table`
    @Test
    void aTableWithoutDevicesKeepsTheLimitsThatWere() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 64).limits(with(b -> {
                b.logicalBlockSize = 4096;
                b.physicalBlockSize = 4096;
                b.ioMin = 4096;
                b.maxSegments = 3;
            }));
            final TestDevice dev = g.create("dev", "0 64 linear a 0");
            dev.reload("0 64 error");
            assertEquals(4096, dev.core().limits().logicalBlockSize());
            assertEquals(3, dev.core().limits().maxSegments());
            dev.reload("0 64 linear a 0");
            assertFalse(dev.core().limits().volatileCache());
        }
    }
}
