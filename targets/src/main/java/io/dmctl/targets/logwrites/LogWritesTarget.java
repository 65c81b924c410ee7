package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.Domain;
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
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Reads go straight down. Everything else goes through the log's domain twice, before and after the device, so
/// that the log has one order.
///
/// @kernel drivers/md/dm-log-writes.c
final class LogWritesTarget implements Target {
    /// The kernel's UINT_MAX bytes, in sectors.
    private static final int MAX_DISCARD_SECTORS = 0x7f_ffff;

    private final TargetContext ti;
    private final LowerDevice dev;
    private final LowerDevice logDev;
    private final WriteLog log;
    /// The device is suspended: the domain does nothing. Control thread.
    private boolean idle = true;

    LogWritesTarget(TargetContext ti, LowerDevice dev, LowerDevice logDev) {
        this.ti = ti;
        this.dev = dev;
        this.logDev = logDev;
        this.log = new WriteLog(ti, dev, logDev);
    }

    @Override
    public TargetLimits limits() {
        return new TargetLimits(0, 1, 1, 0, true, true, false);
    }

    @Override
    public Object newPerIo() {
        return new LogIo(log);
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        if (bio.op() == ReqOp.READ || !log.writer().enabled()) {
            bio.remap(dev, bio.sector()); // as the kernel: where the target begins is not taken off
            return MapResult.REMAPPED;
        }
        final LogIo io = (LogIo) Objects.requireNonNull(bio.perIo());
        if (bio.op() == ReqOp.WRITE) {
            final MemorySegment bytes = q.bounce(bio);
            if (bytes == null) {
                return MapResult.PARK;
            }
            io.bytes = bytes;
            if (bio.sectors() > WriteLog.MAX_DATA_SECTORS) {
                bio.acceptPartial(WriteLog.MAX_DATA_SECTORS);
            }
        }
        q.post(log.domain(), bio);
        return MapResult.SUBMITTED;
    }

    @Override
    @HotPath
    public EndIoResult endIo(Bio bio, QueueContext q) {
        final LogIo io = (LogIo) Objects.requireNonNull(bio.perIo());
        if (io.block == null) {
            return EndIoResult.DONE;
        }
        q.post(log.domain(), bio);
        return EndIoResult.INCOMPLETE;
    }

    @Override
    @HotPath
    public void work(Bio bio, QueueContext q) {
        final LogIo io = (LogIo) Objects.requireNonNull(bio.perIo());
        if (io.block == null) {
            log.begin(bio, io, q);
        } else {
            log.end(bio, io, q);
        }
    }

    @Override
    public void work(Domain owner, QueueContext q) {
        log.settle(q);
    }

    @Override
    public void postsuspend() {
        idle = true;
    }

    @Override
    public void resume() {
        idle = false;
    }

    @Override
    public String message(TargetArgs args) throws TargetException {
        if (args.count() != 2) {
            throw TargetException.invalid(
                    "Invalid log-writes message arguments, expect 2 arguments, got " + args.count());
        }
        final String verb = args.shift("");
        if (!verb.equalsIgnoreCase("mark")) {
            throw TargetException.invalid("Unrecognised log writes target message received: " + verb);
        }
        final byte[] text = args.shiftSecret("").toArray(ValueLayout.JAVA_BYTE);
        if (idle) {
            log.addMark(text);
            log.settleNow();
        } else {
            ti.run(log.domain(), () -> log.addMark(text));
            ti.queueWork(log.domain());
        }
        return "";
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {
                out.number(log.writer().loggedEntries())
                        .text(" ")
                        .number(log.writer().nextSector() - 1);
                if (!log.writer().enabled()) {
                    out.text(" logging_disabled");
                }
            }
            case TABLE -> out.text(dev.name()).text(" ").text(logDev.name());
        }
    }

    /// @kernel drivers/md/dm-log-writes.c `log_writes_io_hints`
    @Override
    public void ioHints(QueueLimits.Builder limits) {
        final QueueLimits of = dev.limits();
        if (of.maxDiscardSectors() == 0) {
            limits.discardGranularity = of.logicalBlockSize();
            limits.maxDiscardSectors = MAX_DISCARD_SECTORS;
        }
        limits.logicalBlockSize = of.logicalBlockSize();
        limits.physicalBlockSize = of.physicalBlockSize();
        limits.ioMin = of.physicalBlockSize();
        limits.noMerges = true; // an entry of the log is a bio
        limits.dmaAlignmentMask = of.logicalBlockSize() - 1;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, 0, ti.lenSectors());
    }

    @Override
    public void close() {
        log.close();
    }
}
