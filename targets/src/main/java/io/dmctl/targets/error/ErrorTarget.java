package io.dmctl.targets.error;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetLimits;
import org.jspecify.annotations.Nullable;

/// @kernel drivers/md/dm-target.c `io_err_map`
final class ErrorTarget implements Target {
    /// One discard bio, so that a discard fails with EIO and not with EOPNOTSUPP.
    private static final TargetLimits LIMITS = new TargetLimits(0, 0, 1, 0, false, true, false);

    private final @Nullable LowerDevice dev;
    private final long startSector;
    private final long lenSectors;

    /// `dev`, if there is one, lends its limits only.
    ErrorTarget(@Nullable LowerDevice dev, long startSector, long lenSectors) {
        this.dev = dev;
        this.startSector = startSector;
        this.lenSectors = lenSectors;
    }

    @Override
    public TargetLimits limits() {
        return LIMITS;
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        return MapResult.KILL;
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {}

    @Override
    public void ioHints(QueueLimits.Builder limits) {
        limits.maxDiscardSectors = QueueLimits.UNLIMITED;
        limits.discardGranularity = 512;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        if (dev != null) {
            visitor.visit(dev, startSector, lenSectors);
        }
    }
}
