package tutorial;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetLimits;

/// Says hello, and passes everything to the same sector of its device. The smallest target there is.
final class HelloTarget implements Target {
    private final long beginSector;
    private final long lenSectors;
    private final LowerDevice dev;

    HelloTarget(long beginSector, long lenSectors, LowerDevice dev) {
        this.beginSector = beginSector;
        this.lenSectors = lenSectors;
        this.dev = dev;
    }

    @Override
    public TargetLimits limits() {
        return TargetLimits.passThrough(1);
    }

    @Override
    public MapResult map(Bio bio, QueueContext q) {
        bio.remap(dev, bio.sector() - beginSector);
        return MapResult.REMAPPED;
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> out.text("Hello, world");
            case TABLE -> out.text(dev.name());
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, 0, lenSectors);
    }
}
