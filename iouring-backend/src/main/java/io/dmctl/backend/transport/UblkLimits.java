package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkParams;
import io.dmctl.targets.spi.QueueLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The limits of a mapped device as those of a ublk device: parameters when it is added, sysfs when its
/// table changes. What a later table may offer more of is added with its most, and lowered through sysfs
/// (decision 11).
///
/// @kernel drivers/block/ublk_drv.c `ublk_ctrl_start_dev`; block/blk-sysfs.c
final class UblkLimits {
    private static final Logger log = LoggerFactory.getLogger(UblkLimits.class);
    /// A bio's length has 32 bits: the largest discard and write zeroes, whole 4 KiB.
    private static final int MAX_RANGE_SECTORS = (int) (((1L << 32) - 4096) >> 9);

    private static final int PAGE_BYTES = 4096;

    private UblkLimits() {}

    /// A write zeroes that the first table cannot do is left to who issues it, as in the kernel. Chunk size, segments
    /// and the largest request of the devices below are not told: the driver would split by them before a target
    /// sees the request, which device-mapper does not.
    ///
    /// @param unprivileged sysfs will take no change: where the first table has no discards, there are none
    static UblkParams params(
            QueueLimits limits, long sizeSectors, boolean readOnly, int maxIoBytes, boolean unprivileged) {
        int attributes = UblkParams.Basic.VOLATILE_CACHE | UblkParams.Basic.FUA;
        if (readOnly) {
            attributes |= UblkParams.Basic.READ_ONLY;
        }
        if (limits.rotational()) {
            attributes |= UblkParams.Basic.ROTATIONAL;
        }
        final int lbsShift = log2(limits.logicalBlockSize());
        final UblkParams.Basic basic = new UblkParams.Basic(
                attributes,
                lbsShift,
                Math.max(lbsShift, log2(limits.physicalBlockSize())),
                log2(limits.ioOpt()),
                log2(limits.ioMin()),
                maxIoBytes >> 9,
                0,
                sizeSectors,
                limits.virtBoundaryMask());
        final int granularity = Math.max(limits.discardGranularity(), limits.logicalBlockSize());
        final int writeZeroes = Math.min(limits.maxWriteZeroesSectors(), MAX_RANGE_SECTORS);
        final int discards = unprivileged && limits.maxDiscardSectors() == 0 ? 0 : MAX_RANGE_SECTORS;
        return UblkParams.of(basic)
                .withDiscard(new UblkParams.Discard(0, granularity, discards, writeZeroes))
                .withDmaAlignmentMask(Math.min(limits.dmaAlignmentMask(), PAGE_BYTES - 1));
    }

    private static int log2(int n) {
        return 31 - Integer.numberOfLeadingZeros(Math.max(1, n));
    }

    /// What the running device's table offers. A change waits for the I/O that is in flight, which a target
    /// may hold for long: nothing is written that is so already, and after the `first` time no size of what
    /// there is.
    static void apply(UblkDeviceInfo i, QueueLimits limits, boolean readOnly, boolean first) {
        final Path queue = Path.of("/sys/block/ublkb" + i.id() + "/queue");
        discards(queue, Math.min(limits.maxDiscardSectors(), MAX_RANGE_SECTORS), first);
        set(queue, "write_cache", limits.volatileCache() ? "write back" : "write through");
        set(queue, "rotational", limits.rotational() ? "1" : "0");
        // 2: not even with the request before. 0 is what every device starts with.
        set(queue, "nomerges", limits.noMerges() ? "2" : "0");
        if (first) {
            // A mapped device of the kernel has none; those of the devices below do their work.
            write(queue, "scheduler", "none");
        }
        try (Fd b = Fd.open(i.blockDevicePath(), OpenFlags.RDONLY)) {
            BlockDevices.setReadOnly(b.number(), readOnly);
        } catch (ErrnoException e) {
            log.warn("ublkb{}: read-only flag not set: {}", i.id(), e.getMessage());
        }
    }

    /// Once they are off the kernel has no granularity any more, and takes no other size than 0.
    private static void discards(Path queue, int maxSectors, boolean first) {
        if (read(queue, "discard_max_bytes").equals("0") || (!first && maxSectors != 0)) {
            return;
        }
        final long granularity = Math.max(1, Long.parseLong(read(queue, "discard_granularity")));
        final long bytes = (long) maxSectors << 9;
        set(queue, "discard_max_bytes", Long.toString(bytes - bytes % granularity));
    }

    private static void set(Path queue, String name, String value) {
        if (!read(queue, name).equals(value)) {
            write(queue, name, value);
        }
    }

    private static String read(Path queue, String name) {
        try {
            return Files.readString(queue.resolve(name)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static void write(Path queue, String name, String value) {
        try {
            Files.writeString(queue.resolve(name), value);
        } catch (IOException e) {
            log.warn("{}: {} not set: {}", queue, name, e.toString());
        }
    }
}
