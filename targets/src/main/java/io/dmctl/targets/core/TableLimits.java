package io.dmctl.targets.core;

import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.TargetException;
import org.jspecify.annotations.Nullable;

/// Stacks the limits of a table's devices and targets, and checks their areas.
///
/// @kernel drivers/md/dm-table.c `dm_calculate_queue_limits` `device_area_is_invalid`
final class TableLimits {
    private TableLimits() {}

    static QueueLimits calculate(LiveTable table) throws TableException {
        final QueueLimits.Builder limits = QueueLimits.STACKING.toBuilder();
        for (TableEntry entry : table.entries) {
            final QueueLimits.Builder own = QueueLimits.STACKING.toBuilder();
            entry.target.iterateDevices((dev, start, len) -> own.stack(dev.limits()));
            entry.target.ioHints(own);
            final QueueLimits stacked = own.build();
            checkAreas(entry, stacked);
            limits.stack(stacked);
        }
        checkBorders(table, limits.logicalBlockSize);
        return restrict(limits, table);
    }

    /// Of `limits` what all targets can do.
    /// @kernel drivers/md/dm-table.c `dm_table_set_restrictions`
    static QueueLimits restrict(QueueLimits.Builder limits, LiveTable table) {
        if (!table.supportsDiscard()) {
            limits.maxDiscardSectors = 0;
            limits.discardGranularity = 0;
        }
        for (TableEntry entry : table.entries) {
            if (table.writeZeroesBios(entry) == 0) {
                limits.maxWriteZeroesSectors = 0;
            }
            if (entry.limits.flushSupported() && entry.limits.numFlushBios() > 0) {
                limits.volatileCache = true;
                limits.fua = true;
            }
        }
        return limits.build();
    }

    private static void checkAreas(TableEntry entry, QueueLimits limits) throws TableException {
        final @Nullable TableException[] bad = new TableException[1];
        final DeviceVisitor check = (dev, start, len) -> {
            if (bad[0] == null) {
                bad[0] = badArea(entry, dev, start, len, limits.logicalBlockSize());
            }
        };
        entry.target.iterateDevices(check);
        if (bad[0] != null) {
            throw bad[0];
        }
    }

    private static @Nullable TableException badArea(
            TableEntry entry, LowerDevice dev, long start, long len, int blockSize) {
        final long size = dev.sizeSectors();
        if (size == 0) {
            return null;
        }
        final long blockSectors = blockSize >> 9;
        // As unsigned: a start past 2^63 is past every device's end.
        if (Long.compareUnsigned(start, size) >= 0
                || Long.compareUnsigned(start + len, size) > 0
                || start + len < len) {
            return refuse(
                    entry,
                    dev.name() + " too small for target: start=" + Long.toUnsignedString(start) + ", len=" + len
                            + ", dev_size=" + size);
        }
        if (start % blockSectors != 0) {
            return refuse(
                    entry,
                    "start=" + start + " not aligned to h/w logical block size " + blockSize + " of " + dev.name());
        }
        if (len % blockSectors != 0) {
            return refuse(
                    entry, "len=" + len + " not aligned to h/w logical block size " + blockSize + " of " + dev.name());
        }
        return null;
    }

    private static TableException refuse(TableEntry entry, String text) {
        return new TableException(text, TargetException.EINVAL, entry.index, -1);
    }

    /// A logical block that crosses a border between targets must lie whole in the next one, whose own blocks must fit;
    /// none may cross the end.
    /// @kernel drivers/md/dm-table.c `validate_hardware_logical_block_alignment`
    private static void checkBorders(LiveTable table, int blockSize) throws TableException {
        final long blockSectors = blockSize >> 9;
        long spill = 0;
        for (TableEntry entry : table.entries) {
            final QueueLimits.Builder own = QueueLimits.STACKING.toBuilder();
            entry.target.iterateDevices((dev, start, len) -> own.stack(dev.limits()));
            if (spill < entry.lenSectors && spill % (own.logicalBlockSize >> 9) != 0) {
                throw misaligned(entry, blockSize);
            }
            final long past = entry.endSector() % blockSectors;
            spill = past == 0 ? 0 : blockSectors - past;
        }
        if (spill != 0) {
            throw misaligned(table.entries[table.entries.length - 1], blockSize);
        }
    }

    private static TableException misaligned(TableEntry entry, int blockSize) {
        return refuse(
                entry,
                "table line " + entry.index + " (start sect " + entry.beginSector + " len " + entry.lenSectors
                        + ") not aligned to h/w logical block size " + blockSize);
    }
}
