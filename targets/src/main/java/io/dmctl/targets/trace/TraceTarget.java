package io.dmctl.targets.trace;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetLimits;
import java.util.Objects;

/// Notes the time in map, and all of it in endIo, into the ring of its thread.
final class TraceTarget implements Target {
    static final int DEFAULT_ENTRIES = 4096;

    private static final int READ_DEFAULT = 64;

    private final long beginSector;
    private final long lenSectors;
    private final LowerDevice dev;
    private final long startSector;
    private final int entries;
    private final TraceRings rings;

    TraceTarget(TargetContext ti, LowerDevice dev, long startSector, int entries) {
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.dev = dev;
        this.startSector = startSector;
        this.entries = entries;
        this.rings = new TraceRings(entries);
    }

    /// A flush comes past here as well, so that it is seen.
    @Override
    public TargetLimits limits() {
        return new TargetLimits(0, 1, 1, 1, false, false, false);
    }

    @Override
    public Object newPerIo() {
        return new TraceIo();
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final TraceIo io = (TraceIo) Objects.requireNonNull(bio.perIo());
        final long sector = bio.sector();
        io.sector = sector;
        io.startNs = q.turnNs();
        bio.remap(dev, startSector + (sector - beginSector));
        return MapResult.REMAPPED;
    }

    @Override
    @HotPath
    public EndIoResult endIo(Bio bio, QueueContext q) {
        final TraceIo io = (TraceIo) Objects.requireNonNull(bio.perIo());
        rings.of(q.threadIndex()).add(bio, io.sector, io.startNs, q.turnNs());
        return EndIoResult.DONE;
    }

    @Override
    public String message(TargetArgs args) throws TargetException {
        final String verb = args.shift("");
        if (verb.equalsIgnoreCase("read") && args.remaining() <= 1) {
            final long most = args.remaining() == 0
                    ? READ_DEFAULT
                    : args.arg(1, Integer.MAX_VALUE, "read: the number of records must be at least 1");
            return rings.read((int) most);
        }
        if (verb.equalsIgnoreCase("clear") && args.remaining() == 0) {
            rings.clear();
            return "";
        }
        throw TargetException.invalid("trace: unrecognised message, known are read [N] and clear");
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {
                for (ReqOp op : ReqOp.values()) {
                    out.number(rings.count(op)).text(" ");
                }
                out.number(rings.lost());
            }
            case TABLE -> {
                out.text(dev.name()).text(" ").number(startSector);
                if (entries != DEFAULT_ENTRIES) {
                    out.text(" 1 buffer_entries:").number(entries);
                }
            }
        }
    }

    /// What is recorded is what was sent.
    @Override
    public void ioHints(QueueLimits.Builder limits) {
        limits.noMerges = true;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, startSector, lenSectors);
    }
}
