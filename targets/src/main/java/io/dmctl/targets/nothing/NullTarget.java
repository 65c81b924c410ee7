package io.dmctl.targets.nothing;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetLimits;

/// As zero, but a READ leaves its buffer as it is: what it holds is undefined.
///
/// That may be data of earlier requests of the same device, never another's: the transports' buffers belong to one
/// device and begin as zeros.
final class NullTarget implements Target {
    private static final TargetLimits LIMITS = new TargetLimits(0, 0, 1, 0, false, true, false);

    @Override
    public TargetLimits limits() {
        return LIMITS;
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        q.complete(bio);
        return MapResult.SUBMITTED;
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {}

    @Override
    public void ioHints(QueueLimits.Builder limits) {
        limits.maxDiscardSectors = QueueLimits.UNLIMITED;
        limits.discardGranularity = 512;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {}
}
