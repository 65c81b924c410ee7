package io.dmctl.targets.striped;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.EndIoResult;
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
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Sector to stripe by division; any chunk size, not only powers of two.
///
/// @kernel drivers/md/dm-stripe.c
final class StripedTarget implements Target {
    /// So many errors of a stripe raise an event. @kernel drivers/md/dm-stripe.c `DM_IO_ERROR_THRESHOLD`
    private static final int ERROR_THRESHOLD = 15;

    private static final int EOPNOTSUPP = -95;

    private final TargetContext ti;
    private final long beginSector;
    private final long widthSectors;
    private final int chunkSectors;
    private final int stripes;
    private final LowerDevice[] devs;
    private final long[] startSectors;
    private final AtomicIntegerArray errors;

    StripedTarget(TargetContext ti, int chunkSectors, List<StripedTargetType.Stripe> list) {
        this.ti = ti;
        this.beginSector = ti.beginSector();
        this.stripes = list.size();
        this.widthSectors = ti.lenSectors() / stripes;
        this.chunkSectors = chunkSectors;
        this.devs = list.stream().map(StripedTargetType.Stripe::dev).toArray(LowerDevice[]::new);
        this.startSectors =
                list.stream().mapToLong(StripedTargetType.Stripe::startSector).toArray();
        this.errors = new AtomicIntegerArray(stripes);
    }

    @Override
    public TargetLimits limits() {
        return TargetLimits.passThrough(stripes).withMaxIoLen(chunkSectors);
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final long offset = bio.sector() - beginSector;
        switch (bio.op()) {
            case FLUSH -> bio.remap(devs[bio.bioNr()], 0);
            case DISCARD, WRITE_ZEROES -> {
                return mapRange(bio, q, offset);
            }
            case READ, WRITE -> {
                final long chunk = offset / chunkSectors;
                final int stripe = (int) (chunk % stripes);
                final long row = chunk / stripes;
                bio.remap(devs[stripe], startSectors[stripe] + row * chunkSectors + offset % chunkSectors);
            }
        }
        return MapResult.REMAPPED;
    }

    /// A duplicate goes to its own stripe, with the part of the range that lies there.
    private MapResult mapRange(Bio bio, QueueContext q, long offset) {
        final int stripe = bio.bioNr();
        final long from = sectorsBefore(offset, stripe);
        final long to = sectorsBefore(offset + bio.sectors(), stripe);
        if (from == to) {
            q.complete(bio);
            return MapResult.SUBMITTED;
        }
        bio.remap(devs[stripe], startSectors[stripe] + from);
        bio.trim(startSectors[stripe] + from, (int) (to - from));
        return MapResult.REMAPPED;
    }

    /// How many of the target's first `offset` sectors lie on `stripe`.
    private long sectorsBefore(long offset, int stripe) {
        final long chunk = offset / chunkSectors;
        final long row = chunk / stripes;
        final int at = (int) (chunk % stripes);
        if (stripe < at) {
            return (row + 1) * chunkSectors;
        }
        return row * chunkSectors + (stripe == at ? offset % chunkSectors : 0);
    }

    @Override
    @HotPath
    public EndIoResult endIo(Bio bio, QueueContext q) {
        if (bio.status() != 0 && bio.status() != EOPNOTSUPP) {
            countError(bio);
        }
        return EndIoResult.DONE;
    }

    private void countError(Bio bio) {
        for (int i = 0; i < stripes; i++) {
            if (bio.device() == devs[i] && errors.incrementAndGet(i) < ERROR_THRESHOLD) {
                ti.tableEvent();
            }
        }
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        out.number(stripes);
        switch (type) {
            case INFO -> {
                for (LowerDevice dev : devs) {
                    out.text(" ").text(dev.name());
                }
                out.text(" 1 ");
                for (int i = 0; i < stripes; i++) {
                    out.text(errors.get(i) == 0 ? "A" : "D");
                }
            }
            case TABLE -> {
                out.text(" ").number(chunkSectors);
                for (int i = 0; i < stripes; i++) {
                    out.text(" ").text(devs[i].name()).text(" ").number(startSectors[i]);
                }
            }
        }
    }

    /// @kernel drivers/md/dm-stripe.c `stripe_io_hints`
    @Override
    public void ioHints(QueueLimits.Builder limits) {
        final long chunkBytes = (long) chunkSectors << 9;
        final long rowBytes = chunkBytes * stripes;
        limits.chunkSectors = chunkSectors;
        if (rowBytes <= Integer.MAX_VALUE) {
            limits.ioMin = (int) chunkBytes;
            limits.ioOpt = (int) rowBytes;
        }
        if (limits.maxDiscardSectors >= chunkSectors) {
            // A discard of the whole row costs each device one of its own.
            final long all = (long) limits.maxDiscardSectors * stripes;
            final long rowSectors = (long) chunkSectors * stripes;
            limits.maxDiscardSectors =
                    all > QueueLimits.UNLIMITED ? QueueLimits.UNLIMITED >> 9 : (int) (all - all % rowSectors);
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        for (int i = 0; i < stripes; i++) {
            visitor.visit(devs[i], startSectors[i], widthSectors);
        }
    }
}
