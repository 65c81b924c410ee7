package io.dmctl.bindings.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The queue limits of a block device, as `/sys/dev/block/M:m/queue` shows them; a partition has its disk's. A
/// file that the kernel does not have gives the kernel's own default.
///
/// @param optimalIoBytes 0: none
/// @param discardMaxBytes 0: no discard
/// @param writeZeroesMaxBytes 0: no write-zeroes
/// @param writeCache whether the device has a volatile cache, so that it needs flushes
/// @param chunkSectors 0: none; no I/O crosses a multiple of it
/// @param dmaAlignmentMask a buffer's address and length must have none of these bits
/// @param virtBoundaryMask 0: none
public record BlockQueue(
        int logicalBlockBytes,
        int physicalBlockBytes,
        int minimumIoBytes,
        int optimalIoBytes,
        long discardMaxBytes,
        int discardGranularityBytes,
        long writeZeroesMaxBytes,
        boolean writeCache,
        boolean fua,
        int maxSectorsKib,
        int maxHwSectorsKib,
        int maxSegments,
        long maxSegmentBytes,
        int dmaAlignmentMask,
        long virtBoundaryMask,
        int chunkSectors,
        boolean rotational,
        boolean zoned) {

    // Defaults of a device without the file: include/linux/blkdev.h BLK_MAX_SEGMENTS, BLK_MAX_SEGMENT_SIZE, and
    // blk_set_stacking_limits' neighbours; 511 is the default dma_alignment (SECTOR_SIZE - 1).
    private static final int DEFAULT_BLOCK_BYTES = 512;
    private static final int DEFAULT_MAX_SECTORS_KIB = 1280;
    private static final int DEFAULT_MAX_HW_SECTORS_KIB = 127;
    private static final int DEFAULT_MAX_SEGMENTS = 128;
    private static final int DEFAULT_MAX_SEGMENT_BYTES = 65536;
    private static final int DEFAULT_DMA_ALIGNMENT = 511;

    /// Reads the limits of block device `dev`.
    ///
    /// @throws IOException when there is no such device, or sysfs is not mounted
    public static BlockQueue of(Devno dev) throws IOException {
        final Path device = Path.of("/sys/dev/block", dev.toString()).toRealPath();
        final Path own = device.resolve("queue");
        return read(Files.isDirectory(own) ? own : device.resolveSibling("queue"));
    }

    /// Reads the limits below `queue`.
    static BlockQueue read(Path queue) throws IOException {
        if (!Files.isDirectory(queue)) {
            throw new IOException("open: " + queue + ": not a block device's queue");
        }
        final Attributes a = new Attributes(queue);
        final int logical = a.integer("logical_block_size", DEFAULT_BLOCK_BYTES);
        final int physical = a.integer("physical_block_size", logical);
        return new BlockQueue(
                logical,
                physical,
                a.integer("minimum_io_size", physical),
                a.integer("optimal_io_size", 0),
                a.number("discard_max_bytes", 0),
                a.integer("discard_granularity", 0),
                a.number("write_zeroes_max_bytes", 0),
                a.text("write_cache", "write through").equals("write back"),
                a.flag("fua", false),
                a.integer("max_sectors_kb", DEFAULT_MAX_SECTORS_KIB),
                a.integer("max_hw_sectors_kb", DEFAULT_MAX_HW_SECTORS_KIB),
                a.integer("max_segments", DEFAULT_MAX_SEGMENTS),
                a.number("max_segment_size", DEFAULT_MAX_SEGMENT_BYTES),
                a.integer("dma_alignment", DEFAULT_DMA_ALIGNMENT),
                a.number("virt_boundary_mask", 0),
                a.integer("chunk_sectors", 0),
                a.flag("rotational", true),
                !a.text("zoned", "none").equals("none"));
    }

    private record Attributes(Path queue) {
        String text(String name, String absent) throws IOException {
            final Path file = queue.resolve(name);
            return Files.exists(file) ? Files.readString(file).strip() : absent;
        }

        long number(String name, long absent) throws IOException {
            final String text = text(name, "");
            return text.isEmpty() ? absent : Long.parseUnsignedLong(text);
        }

        // Unsigned 32-bit limits use their maximum for 'no limit'.
        int integer(String name, int absent) throws IOException {
            final long value = number(name, absent);
            return value < 0 || value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
        }

        boolean flag(String name, boolean absent) throws IOException {
            return number(name, absent ? 1 : 0) != 0;
        }
    }
}
