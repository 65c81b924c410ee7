package io.dmctl.targets.unstriped;

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
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetLimits;

/// Neither flush nor discard reaches the device, as in the kernel. @kernel drivers/md/dm-unstripe.c
final class UnstripedTarget implements Target {
    private final TargetLimits limits;
    private final long beginSector;
    private final long lenSectors;
    private final long stripes;
    private final long chunkSectors;
    private final long stripe;
    private final LowerDevice dev;
    private final long startSector;
    /// What lies between two chunks of this stripe.
    private final long othersSectors;

    UnstripedTarget(TargetContext ti, long stripes, long chunkSectors, long stripe, LowerDevice dev, long startSector) {
        this.limits = TargetLimits.NONE.withMaxIoLen(chunkSectors);
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.stripes = stripes;
        this.chunkSectors = chunkSectors;
        this.stripe = stripe;
        this.dev = dev;
        this.startSector = startSector;
        this.othersSectors = (stripes - 1) * chunkSectors;
    }

    @Override
    public TargetLimits limits() {
        return limits;
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final long offset = bio.sector() - beginSector;
        final long row = offset / chunkSectors;
        bio.remap(dev, startSector + offset + row * othersSectors + stripe * chunkSectors);
        return MapResult.REMAPPED;
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {}
            case TABLE ->
                // The kernel prints the two counts as signed numbers.
                out.text(Integer.toString((int) stripes))
                        .text(" ")
                        .number(chunkSectors)
                        .text(" ")
                        .text(Integer.toString((int) stripe))
                        .text(" ")
                        .text(dev.name())
                        .text(" ")
                        .number(startSector);
        }
    }

    @Override
    public void ioHints(QueueLimits.Builder hints) {
        // Past 31 bits there is nothing that a hint could help.
        hints.chunkSectors = chunkSectors > Integer.MAX_VALUE ? 0 : (int) chunkSectors;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, startSector, lenSectors);
    }
}
