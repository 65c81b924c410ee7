package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetLimits;

/// The origin itself: a write waits until every snapshot has what it overwrites. Sectors are the mapped
/// device's.
///
/// @kernel drivers/md/dm-snap.c `origin_map`
final class OriginTarget implements Target, SnapIo.Mapper {
    private final TargetContext ti;
    private final LowerDevice dev;
    private final Origin origin;

    OriginTarget(TargetContext ti, LowerDevice dev, Origin origin) {
        this.ti = ti;
        this.dev = dev;
        this.origin = origin;
    }

    @Override
    public TargetLimits limits() {
        return new TargetLimits(0, 1, 0, 0, false, false, false);
    }

    @Override
    public Object newPerIo() {
        return new SnapIo(this);
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        if (bio.op() == ReqOp.WRITE) {
            final Origin.View view = origin.view();
            final long sector = bio.sector();
            final int within = view.withinChunks(sector, bio.sectors());
            if (within < bio.sectors()) {
                bio.acceptPartial(within);
            }
            if (!view.allowsWrite(sector)) {
                final SnapIo io = SnapIo.of(bio);
                io.begin(bio, null);
                io.stage = SnapIo.Stage.MAPPING;
                q.post(origin.domain(), bio);
                return MapResult.SUBMITTED;
            }
        }
        bio.remap(dev, bio.op() == ReqOp.FLUSH ? 0 : bio.sector());
        return MapResult.REMAPPED;
    }

    @Override
    @HotPath
    public void work(Bio bio, QueueContext q) {
        mapOnDomain(SnapIo.of(bio), origin.queue());
    }

    @Override
    public void mapOnDomain(SnapIo io, QueueContext q) {
        origin.write(io, q);
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {}
            case TABLE -> out.text(dev.name());
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, 0, ti.lenSectors());
    }

    @Override
    public void close() {
        Origins.release(ti, origin);
    }
}
