package tutorial;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetLimits;

/// Passes everything to one device. Where the kernel module calls printk, this one notes the request, which costs
/// a few nanoseconds: `dmctl message NAME 0 log` prints what was noted.
final class BasicTarget implements Target {
    private final long beginSector;
    private final long lenSectors;
    private final LowerDevice dev;
    private final long startSector;
    private final MapLog log = new MapLog();

    BasicTarget(long beginSector, long lenSectors, LowerDevice dev, long startSector) {
        this.beginSector = beginSector;
        this.lenSectors = lenSectors;
        this.dev = dev;
        this.startSector = startSector;
    }

    /// One bio of each kind reaches the device; a flush comes through map as well, to be noted.
    @Override
    public TargetLimits limits() {
        return new TargetLimits(0, 1, 1, 1, false, false, false);
    }

    @Override
    public MapResult map(Bio bio, QueueContext q) {
        log.note(bio);
        bio.remap(dev, startSector + (bio.sector() - beginSector));
        return MapResult.REMAPPED;
    }

    @Override
    public String message(TargetArgs args) throws TargetException {
        if (args.count() == 1 && args.word(0).equals("log")) {
            return log.text();
        }
        throw TargetException.invalid("dm-basic_target: the one message is log");
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> out.number(log.count());
            case TABLE -> out.text(dev.name()).text(" ").number(startSector);
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, startSector, lenSectors);
    }
}
