package io.dmctl.targets.core;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;

/// What one target of the table in use has done since the table went live: bios and sectors (512 bytes) by operation.
/// Flushes that go past
/// the targets (one a device) are not counted. `provider` is the target's.
@SuppressWarnings("ArrayRecordComponent")
public record TargetCounts(long startSector, long lenSectors, String type, String provider, long[] counts) {
    /// Longs for one target: bios and sectors of each operation.
    static final int FIELDS = 2 * ReqOp.values().length;

    /// Where the two counts of target number `target` are.
    @HotPath
    static int index(int target, ReqOp op) {
        return target * FIELDS + 2 * op.ordinal();
    }

    public long bios(ReqOp op) {
        return counts[2 * op.ordinal()];
    }

    public long sectors(ReqOp op) {
        return counts[2 * op.ordinal() + 1];
    }
}
