package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.ReqOp;
import java.util.EnumSet;
import java.util.Set;

/// Makes a [RamDevice] fail: after `skip` matching operations the next `times` end with `errno` (positive) and do
/// nothing. A FLUSH matches any range.
public record Fault(Set<ReqOp> ops, long sector, long sectors, int skip, int times, int errno) {
    /// Every operation of these kinds, from now on.
    public static Fault all(int errno, ReqOp first, ReqOp... more) {
        return new Fault(EnumSet.of(first, more), 0, Long.MAX_VALUE, 0, Integer.MAX_VALUE, errno);
    }

    public Fault within(long firstSector, long count) {
        return new Fault(ops, firstSector, count, skip, times, errno);
    }

    /// Only the `n`th, from 1.
    public Fault nth(int n) {
        return new Fault(ops, sector, sectors, n - 1, 1, errno);
    }

    boolean matches(DeviceOp op) {
        final boolean within = op.sector() - sector < sectors && op.sector() + op.sectors() > sector;
        return ops.contains(op.op()) && (op.op() == ReqOp.FLUSH || within);
    }
}
