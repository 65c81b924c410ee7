package io.dmctl.targets.mirror;

import io.dmctl.targets.mirror.MirrorState.Flag;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;

/// What all queues share, and the domain that owns it: reads that no queue could send by itself, writes, recovery, the
/// log.
///
/// Thread rule: the domain, but for [#start], [#stop] and [#goOn], which are the control thread's.
///
/// @kernel drivers/md/dm-raid1.c `struct mirror_set` `do_mirror`; drivers/md/dm-region-hash.c
final class MirrorSet implements DirtyLog.Listener, AutoCloseable {
    private static final int EIO = -5;
    /// How long a region stays dirty in the log after its last write. The kernel cleans it at once, and pays a flush of
    /// every leg and two writes of the log for each write that comes alone.
    private static final long CLEAN_DELAY_NS = 500_000_000L;

    private static final Completion TIMER_BACK = (bio, q) -> {};

    final TargetContext ti;
    final Domain owner;
    final MirrorState state;
    final Legs legs;
    final DirtyLog log;
    final RegionTable regions;
    final MirrorTargetType.Features features;
    final Writes writes;
    final Recovery recovery;
    private final IoList early = new IoList();
    private final int regionShift;
    /// Written by the control thread.
    private volatile boolean stopping;
    /// The log is loaded: set on the domain, reset by the control thread while nothing is in flight.
    private volatile boolean loaded;

    private boolean loading;
    private boolean cleanDue;
    private boolean timerDue;
    private boolean timerSet;

    MirrorSet(TargetContext ti, MirrorState state, LogArgs logArgs, Leg[] legs, MirrorTargetType.Features features)
            throws TargetException {
        this.state = state;
        this.ti = ti;
        this.features = features;
        // Lines that begin with the same leg share a thread, so that a reload does not need another.
        owner = ti.domain("mirror " + legs[0].dev.name() + " " + legs[0].offsetSectors);
        regionShift = Integer.numberOfTrailingZeros(logArgs.regionSectors());
        this.legs = new Legs(ti, features, legs, state);
        log = logArgs.device() == null
                ? new DirtyLog(ti, state, logArgs, this)
                : new DiskLog(ti, state, logArgs, this, this.legs);
        if (!state.recovered()) {
            state.set(Flag.IN_SYNC, logArgs.sync() == LogArgs.Sync.NOSYNC);
            state.set(Flag.KNOWN, true);
        }
        regions = new RegionTable(logArgs.regionCount());
        recovery = new Recovery(this);
        writes = new Writes(this);
    }

    @HotPath
    long region(long sector) {
        return sector >>> regionShift;
    }

    /// May what runs in the background go on?
    boolean running() {
        return loaded && !stopping;
    }

    boolean stopping() {
        return stopping;
    }

    // ---- control ----

    void start() {
        stopping = false;
        loaded = false;
        ti.queueWork(owner);
        ti.await(() -> loaded); // when it is interrupted, requests wait on the domain until it is
    }

    /// The drain that follows waits for the region that is being copied, and for the log.
    void stop() {
        stopping = true;
        ti.queueWork(owner);
    }

    void goOn() {
        stopping = false;
        ti.queueWork(owner);
    }

    // ---- the domain's turns ----

    /// Work without a bio: a hook asked for it, or a bio of our own is free.
    void run(QueueContext q) {
        log.run(q);
        if (!loaded) {
            if (!loading && !stopping) {
                loading = true;
                log.load(q);
            }
            return;
        }
        recovery.run(q);
        writes.run(q);
        if (timerDue) {
            setTimer(q);
        }
        if (stopping) {
            writes.release(q);
            clean(q);
        }
    }

    @Override
    public void logLoaded(QueueContext q) {
        loading = false;
        loaded = true;
        ti.signal();
        recovery.checkComplete();
        recovery.run(q);
        MirrorIo io;
        while ((io = early.poll()) != null) {
            accept(io, q);
        }
    }

    @Override
    @HotPath
    public void logFlushed(boolean failed, QueueContext q) {
        writes.logFlushed(failed, q);
        if (cleanDue) {
            clean(q);
        }
    }

    /// A bio that a queue posted.
    @HotPath
    void accept(MirrorIo io, QueueContext q) {
        if (!loaded) {
            early.add(io);
        } else if (io.bio().op() != ReqOp.READ) {
            writes.accept(io, q);
        } else if (io.leg >= 0) {
            readFailed(io, q);
        } else {
            read(io, q);
        }
    }

    // ---- reads ----

    private void read(MirrorIo io, QueueContext q) {
        final Bio bio = io.bio();
        final int leg = readLeg(region(io.sector));
        io.leg = leg;
        io.direct = false;
        if (leg < 0) {
            bio.status(EIO);
            q.complete(bio);
        } else {
            bio.status(0);
            bio.remap(legs.get(leg).dev, legs.get(leg).offsetSectors + io.sector);
            q.home(bio);
        }
    }

    /// A region in memory is in sync exactly when the log says so.
    private int readLeg(long region) {
        if (log.inSync(region)) {
            return legs.choose();
        }
        return legs.defaultOk() ? legs.defaultLeg() : -1;
    }

    private void readFailed(MirrorIo io, QueueContext q) {
        legs.fail(io.leg, Leg.Failure.READ);
        if (legs.defaultOk() || (log.inSync(region(io.sector)) && legs.choose() >= 0)) {
            read(io, q);
            return;
        }
        final Bio bio = io.bio();
        if (!io.direct) {
            bio.status(EIO); // the first error is told as it is, a later one as EIO
        }
        q.complete(bio);
    }

    // ---- regions that become clean ----

    /// Nothing is pending for a region in sync.
    @HotPath
    void idle(Region region, QueueContext q) {
        region.state = Region.State.CLEAN;
        log.written(region.key, false);
        if (!log.persistent()) {
            regions.remove(region);
            return;
        }
        regions.idle(region, q.nowNs());
        if (stopping) {
            clean(q);
        } else {
            setTimer(q);
        }
    }

    private void setTimer(QueueContext q) {
        if (timerSet) {
            return;
        }
        final Bio bio = q.newBio(legs.get(0).dev, ReqOp.FLUSH, 0, 0, 0, Data.NONE, TIMER_BACK);
        timerDue = bio == null;
        timerSet = bio != null;
        if (bio != null) {
            q.timer(bio, CLEAN_DELAY_NS);
        }
    }

    void timer(Bio bio, QueueContext q) {
        timerSet = false;
        q.complete(bio);
        clean(q);
    }

    /// Regions that have been idle for long enough become clean in the log; all idle ones before a suspend.
    private void clean(QueueContext q) {
        cleanDue = log.busy();
        if (cleanDue) {
            return;
        }
        final long now = q.nowNs();
        boolean any = false;
        Region region;
        while ((region = regions.firstIdle()) != null && (stopping || now - region.idleSinceNs >= CLEAN_DELAY_NS)) {
            log.clean(region.key);
            regions.remove(region);
            any = true;
        }
        if (any) {
            log.flush(q);
        }
        if (regions.firstIdle() != null) {
            setTimer(q);
        }
    }

    @Override
    public void close() {
        recovery.close();
        log.close();
    }
}
