package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetLimits;
import java.util.Objects;

/// The queues' side of a mirror: a read of a region in sync goes straight to a leg, all else to the domain.
///
/// @kernel drivers/md/dm-raid1.c `mirror_map` `mirror_end_io`
final class MirrorTarget implements Target {
    private static final int EINVAL = -22;
    private static final int EOPNOTSUPP = -95;

    private final long beginSector;
    private final long lenSectors;
    private final MirrorTargetType.Features features;
    private final LogArgs logArgs;
    private final MirrorSet set;

    MirrorTarget(TargetContext ti, MirrorState state, LogArgs logArgs, Leg[] legs, MirrorTargetType.Features features)
            throws TargetException {
        beginSector = ti.beginSector();
        lenSectors = ti.lenSectors();
        this.features = features;
        this.logArgs = logArgs;
        set = new MirrorSet(ti, state, logArgs, legs, features);
    }

    @Override
    public TargetLimits limits() {
        return new TargetLimits(logArgs.regionSectors(), 1, 1, 0, false, false, false);
    }

    @Override
    public MirrorIo newPerIo() {
        return new MirrorIo();
    }

    private static MirrorIo of(Bio bio) {
        return (MirrorIo) Objects.requireNonNull(bio.perIo());
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final MirrorIo io = of(bio);
        io.bio = bio;
        io.sector = bio.sector() - beginSector;
        io.leg = -1;
        io.direct = false;
        if (bio.op() == ReqOp.READ) {
            if (set.log.inSync(set.region(io.sector))) {
                return read(bio, io);
            }
        } else if (bio.op() == ReqOp.WRITE && q.bounce(bio) == null) {
            return MapResult.PARK; // the legs are written on the domain, from memory
        }
        q.post(set.owner, bio);
        return MapResult.SUBMITTED;
    }

    private MapResult read(Bio bio, MirrorIo io) {
        final int i = set.legs.choose();
        if (i < 0) {
            return MapResult.KILL;
        }
        io.leg = i;
        io.direct = true;
        final Leg leg = set.legs.get(i);
        bio.remap(leg.dev, leg.offsetSectors + io.sector);
        return MapResult.REMAPPED;
    }

    /// A read that failed is tried again elsewhere; of the others the domain has been told.
    @Override
    @HotPath
    public EndIoResult endIo(Bio bio, QueueContext q) {
        final int status = bio.status();
        if (status == 0 || status == EOPNOTSUPP || status == EINVAL) {
            return EndIoResult.DONE;
        }
        q.post(set.owner, bio);
        return EndIoResult.INCOMPLETE;
    }

    @Override
    @HotPath
    public void work(Bio bio, QueueContext q) {
        final MirrorIo io = of(bio);
        if (io.bio == null) {
            set.timer(bio, q); // one of our own
        } else {
            set.accept(io, q);
        }
    }

    @Override
    public void work(Domain owner, QueueContext q) {
        set.run(q);
    }

    @Override
    public void resume() {
        set.start();
    }

    @Override
    public void presuspend() {
        set.stop();
    }

    @Override
    public void presuspendUndo() {
        set.goOn();
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> info(out);
            case TABLE -> table(out);
        }
    }

    private void info(StatusSink out) {
        final StringBuilder letters = new StringBuilder();
        out.number(set.legs.count()).text(" ");
        for (int i = 0; i < set.legs.count(); i++) {
            out.text(set.legs.get(i).dev.name()).text(" ");
            letters.append(set.legs.get(i).letter());
        }
        out.number(set.log.syncCount())
                .text("/")
                .number(logArgs.regionCount())
                .text(" 1 ")
                .text(letters.append(' ').toString());
        set.log.info(out);
    }

    private void table(StatusSink out) {
        set.log.table(out);
        out.number(set.legs.count());
        for (int i = 0; i < set.legs.count(); i++) {
            final Leg leg = set.legs.get(i);
            out.text(" ").text(leg.dev.name()).text(" ").number(leg.offsetSectors);
        }
        if (features.handleErrors()) {
            out.text(features.keepLog() ? " 2 handle_errors keep_log" : " 1 handle_errors");
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        for (int i = 0; i < set.legs.count(); i++) {
            visitor.visit(set.legs.get(i).dev, set.legs.get(i).offsetSectors, lenSectors);
        }
    }

    @Override
    public void close() {
        set.close();
    }
}
