package io.dmctl.targets.mirror;

import io.dmctl.targets.mirror.MirrorState.Flag;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import java.util.Objects;

/// Writes, flushes and discards: marked in the log where they must be, sent to the legs, held where they failed.
///
/// Thread rule: the mirror's domain.
///
/// @kernel drivers/md/dm-raid1.c `do_writes` `write_callback` `do_failures`; drivers/md/dm-region-hash.c
@HotPath
final class Writes {
    private static final int EIO = -5;
    private static final int EINVAL = -22;
    private static final int EOPNOTSUPP = -95;

    private final MirrorSet set;
    private final FanOut fanOut;
    /// Wait until the log is not busy, to be marked.
    private final IoList queued = new IoList();
    /// Wait for the log to be flushed, marked.
    private final IoList marked = new IoList();
    /// Taken from one of these two while they are gone through.
    private final IoList batch = new IoList();
    /// Wait for a suspend.
    private final IoList holds = new IoList();

    Writes(MirrorSet set) {
        this.set = set;
        fanOut = new FanOut(set.legs, this);
    }

    /// Bios are free.
    void run(QueueContext q) {
        fanOut.run(q);
    }

    /// Then no region becomes clean again.
    boolean flushFailure() {
        return set.state.is(Flag.FLUSH_FAILED);
    }

    /// Only another table can change that.
    private boolean logFailure() {
        return set.state.is(Flag.LOG_FAILED);
    }

    /// A bio that comes from a queue.
    void accept(MirrorIo io, QueueContext q) {
        io.errors = 0;
        io.status = 0;
        io.region = null;
        io.nosync = false;
        if (io.bio().op() == ReqOp.WRITE) {
            write(io, q);
            flushLog(q);
        } else {
            dispatch(io, q);
        }
    }

    /// Writes that waited for a recovery.
    void again(IoList list, QueueContext q) {
        MirrorIo io;
        while ((io = list.poll()) != null) {
            write(io, q);
        }
        flushLog(q);
    }

    private void write(MirrorIo io, QueueContext q) {
        final long key = set.region(io.sector);
        Region region = set.regions.get(key);
        if (region == null && set.log.busy() && set.log.inSync(key)) {
            queued.add(io);
            return;
        }
        if (region == null) {
            region = set.regions.add(key, set.log.inSync(key) ? Region.State.CLEAN : Region.State.NOSYNC);
        }
        switch (region.state) {
            case RECOVERING -> region.delayed.add(io);
            case NOSYNC -> {
                enter(io, region);
                writeDefault(io, q);
            }
            case CLEAN, DIRTY -> writeAll(io, region, q);
        }
    }

    private static void enter(MirrorIo io, Region region) {
        io.region = region;
        region.pending++;
    }

    private void writeDefault(MirrorIo io, QueueContext q) {
        if (set.legs.anyFailed() && set.features.handleErrors() && !set.features.keepLog()) {
            fail(io, q);
        } else {
            io.nosync = true;
            fanOut.issue(io, 1 << set.legs.defaultLeg(), q);
        }
    }

    private void writeAll(MirrorIo io, Region region, QueueContext q) {
        if (!region.logged && set.log.busy()) {
            queued.add(io);
            return;
        }
        enter(io, region);
        set.regions.busy(region);
        if (region.state != Region.State.DIRTY) {
            region.state = Region.State.DIRTY;
            set.log.written(region.key, true);
        }
        if (region.logged || set.log.mark(region.key)) {
            region.logged = true;
            dispatch(io, q);
        } else {
            marked.add(io);
        }
    }

    private void flushLog(QueueContext q) {
        if (!marked.isEmpty() && !set.log.busy()) {
            set.log.flush(q);
        }
    }

    void logFlushed(boolean failed, QueueContext q) {
        if (failed) {
            set.state.set(Flag.LOG_FAILED, true);
        }
        batch.addAll(marked); // dispatching may lead to further marks, which this flush knows nothing of
        MirrorIo io;
        while ((io = batch.poll()) != null) {
            Objects.requireNonNull(io.region).logged = !failed;
            dispatch(io, q);
        }
        batch.addAll(queued);
        while ((io = batch.poll()) != null) {
            write(io, q);
        }
        flushLog(q);
    }

    private void dispatch(MirrorIo io, QueueContext q) {
        if (logFailure() && set.features.handleErrors()) {
            fail(io, q);
        } else {
            fanOut.issue(io, (1 << set.legs.count()) - 1, q);
        }
    }

    // ---- back from the legs ----

    /// All legs are done.
    void done(MirrorIo io, QueueContext q) {
        if (io.status == 0 || io.nosync) {
            end(io, io.status, q);
        } else if (io.bio().op() == ReqOp.DISCARD) {
            end(io, EOPNOTSUPP, q); // a discard is no reason to give a leg up
        } else if (io.errors == 0) {
            end(io, EINVAL, q);
        } else {
            for (int i = 0; i < set.legs.count(); i++) {
                if ((io.errors & 1 << i) != 0) {
                    set.legs.fail(i, Leg.Failure.WRITE);
                }
            }
            fail(io, q);
        }
    }

    private void end(MirrorIo io, int status, QueueContext q) {
        leave(io, q);
        final Bio bio = io.bio();
        bio.status(status);
        q.complete(bio);
    }

    private void leave(MirrorIo io, QueueContext q) {
        final Region region = io.region;
        if (region == null) {
            return;
        }
        io.region = null;
        if (--region.pending != 0) {
            return;
        }
        switch (region.state) {
            case DIRTY -> {
                if (flushFailure()) {
                    set.log.setSync(region.key, false);
                    set.regions.remove(region);
                } else {
                    set.idle(region, q);
                }
            }
            case NOSYNC -> set.regions.remove(region);
            case RECOVERING -> set.recovery.run(q);
            case CLEAN -> throw new IllegalStateException("a write ended in a clean region");
        }
    }

    // ---- failures ----

    /// The write reached some legs only, or none because the log failed.
    private void fail(MirrorIo io, QueueContext q) {
        if (!logFailure()) {
            set.legs.outOfSync();
            markNosync(io, q);
        }
        if (set.legs.noneValid() || (set.features.keepLog() && logFailure())) {
            end(io, EIO, q);
        } else if (set.features.handleErrors() && !set.features.keepLog()) {
            hold(io, q);
        } else {
            end(io, 0, q); // the legs that have it are what counts
        }
    }

    private void markNosync(MirrorIo io, QueueContext q) {
        if (io.bio().op() == ReqOp.FLUSH) {
            set.state.set(Flag.FLUSH_FAILED, true);
        }
        final Region region = io.region;
        if (region != null) {
            set.log.setSync(region.key, false);
            final boolean recovering = region.state == Region.State.RECOVERING;
            region.state = Region.State.NOSYNC;
            if (recovering) {
                set.recovery.giveUp(q);
            }
        }
    }

    private void hold(MirrorIo io, QueueContext q) {
        if (set.stopping()) {
            leave(io, q);
            q.requeue(io.bio()); // waits for the next table, or fails: which, the suspend decides
        } else {
            holds.add(io);
        }
    }

    /// A suspend has begun.
    void release(QueueContext q) {
        MirrorIo io;
        while ((io = holds.poll()) != null) {
            hold(io, q);
        }
    }
}
