package io.dmctl.targets.linear;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetLimits;

/// @kernel drivers/md/dm-linear.c
final class LinearTarget implements Target {
    private final long beginSector;
    private final long lenSectors;
    private final LowerDevice dev;
    private final long startSector;

    LinearTarget(long beginSector, long lenSectors, LowerDevice dev, long startSector) {
        this.beginSector = beginSector;
        this.lenSectors = lenSectors;
        this.dev = dev;
        this.startSector = startSector;
    }

    @Override
    public TargetLimits limits() {
        return TargetLimits.passThrough(1);
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        bio.remap(dev, startSector + (bio.sector() - beginSector));
        return MapResult.REMAPPED;
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {}
            case TABLE -> out.text(dev.name()).text(" ").number(startSector);
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, startSector, lenSectors);
    }
}
