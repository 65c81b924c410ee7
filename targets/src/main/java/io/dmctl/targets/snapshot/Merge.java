package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.support.KcopydJob;
import java.util.Objects;

/// Writes the exceptions back to the origin, the last ones first: a run of them that continue one another,
/// within one area, is copied out to the other snapshots, then to the origin, that flushed, and the run
/// forgotten by the store. What is cut off in between is done once more, with the same result.
///
/// Writes to the run wait until it is forgotten; reads go to the COW device as long.
///
/// Thread rule: the origin's domain, but for [#isRunning]. It stops before the next run when its member is
/// about to be suspended.
///
/// @kernel drivers/md/dm-snap.c `snapshot_merge_next_chunks` `merge_callback`
final class Merge {
    private static final KcopydJob.Notify COPIED = (job, q) ->
            ((Merge) Objects.requireNonNull(job.context())).copied(!job.readError() && job.writeErrors() == 0, q);
    private static final Completion TELL =
            (bio, q) -> Objects.requireNonNull(SnapIo.of(bio).sink).metadataDone(bio.status(), q);

    private enum Phase {
        STOPPED,
        /// Exceptions of before are on their way.
        SETTLING,
        READING,
        COPYING_OUT,
        DRAINING,
        COPYING,
        FLUSHING,
        FORGETTING
    }

    private final Cow cow;
    private final Origin origin;
    private final PersistentStore store;
    private final Member member;
    private final MetadataSink flushed = this::flushed;
    private final IoList queued = new IoList();
    private Phase phase = Phase.STOPPED;
    private long firstOld;
    private long firstNew;
    private int run;
    private boolean blocking;
    private boolean flushWaits;
    private volatile boolean running;

    Merge(Cow cow, PersistentStore store, Member member) {
        this.cow = cow;
        this.origin = cow.origin;
        this.store = store;
        this.member = member;
    }

    /// From any thread.
    boolean isRunning() {
        return running;
    }

    void start(QueueContext q) {
        if (phase == Phase.STOPPED && !cow.isMergeFailed()) {
            running = true;
            next(q);
        }
    }

    private void next(QueueContext q) {
        if (member.isSuspending() || !cow.isValid()) { // set by who waits for isRunning
            stopped();
        } else if (cow.hasPending()) {
            phase = Phase.SETTLING;
        } else if (store.isEmpty()) {
            stopped();
        } else {
            phase = Phase.READING;
            if (store.lastArea(q)) {
                found(q);
            }
        }
    }

    private void stopped() {
        phase = Phase.STOPPED;
        running = false;
        member.ti().signal();
    }

    /// The store has read its last area, or forgotten the run.
    void storeDone(QueueContext q) {
        if (!store.isGood()) {
            failed(q);
        } else if (phase == Phase.READING) {
            found(q);
        } else {
            forgotten(q);
        }
    }

    private void found(QueueContext q) {
        final ExceptionArea area = store.area();
        run = area.lastRun();
        firstOld = area.oldChunk(area.used() - run);
        firstNew = area.newChunk(area.used() - run);
        copyOut(q);
    }

    /// What the run overwrites is copied to the other snapshots, whose chunks may be smaller.
    private void copyOut(QueueContext q) {
        phase = Phase.COPYING_OUT;
        final long begin = firstOld << cow.chunkShift;
        final long end = begin + ((long) run << cow.chunkShift);
        final int smallest = origin.view().minChunkSectors;
        final int step = smallest == 0 ? cow.chunkSectors() : Math.min(smallest, cow.chunkSectors());
        boolean ready = true;
        for (long sector = begin; sector < end; sector += step) {
            ready &= origin.copyOut(sector, null, q);
        }
        if (ready) {
            block();
            drained(q);
        }
    }

    /// Writes to the run wait from now on.
    private void block() {
        phase = Phase.DRAINING;
        blocking = true;
        for (int i = 0; i < run; i++) {
            cow.tracker.block(ChunkTracker.slot(firstOld + i));
        }
    }

    /// An exception of some snapshot is complete, or given up.
    void exceptionDone(QueueContext q) {
        if (phase == Phase.SETTLING) {
            next(q);
        } else if (phase == Phase.COPYING_OUT) {
            copyOut(q);
        }
    }

    /// A write has left its slot.
    void writeDone(QueueContext q) {
        if (phase == Phase.DRAINING) {
            drained(q);
        }
    }

    private void drained(QueueContext q) {
        for (int i = 0; i < run; i++) {
            if (!cow.tracker.isEmpty(ChunkTracker.slot(firstOld + i))) {
                return;
            }
        }
        phase = Phase.COPYING;
        final long to = firstOld << cow.chunkShift;
        final long sectors = Math.min((long) run << cow.chunkShift, origin.dev().sizeSectors() - to);
        final KcopydJob job = origin.kcopyd().newJob();
        job.from(cow.dev, firstNew << cow.chunkShift, sectors)
                .to(origin.dev(), to)
                .notify(COPIED, this);
        origin.kcopyd().submit(job, q);
    }

    private void copied(boolean ok, QueueContext q) {
        if (ok) {
            phase = Phase.FLUSHING;
            submitFlush(q);
        } else {
            failed(q);
        }
    }

    private void submitFlush(QueueContext q) {
        final Bio bio = q.newBio(origin.dev(), ReqOp.FLUSH, 0, 0, 0, Data.NONE, TELL);
        flushWaits = bio == null;
        if (bio != null) {
            SnapIo.of(bio).sink = flushed;
            q.submit(bio);
        }
    }

    private void flushed(int status, QueueContext q) {
        if (status != 0) {
            failed(q);
            return;
        }
        phase = Phase.FORGETTING;
        store.forgetLast(run, q);
    }

    private void forgotten(QueueContext q) {
        for (int i = 0; i < run; i++) {
            cow.exceptions.remove(firstOld + i);
        }
        unblock();
        CowIo.mapAgain(queued, q);
        cow.io().releaseHeld(q);
        next(q);
    }

    private void unblock() {
        if (blocking) {
            blocking = false;
            for (int i = 0; i < run; i++) {
                cow.tracker.unblock(ChunkTracker.slot(firstOld + i));
            }
        }
    }

    /// The rest is not merged; the device goes on as it is.
    private void failed(QueueContext q) {
        cow.mergeHasFailed();
        unblock();
        SnapIo io;
        while ((io = queued.poll()) != null) {
            CowIo.fail(io, q);
        }
        cow.io().releaseHeld(q);
        stopped();
    }

    /// A write to a chunk with an exception. True: it waits for the merge of that chunk.
    boolean holds(SnapIo io, long chunk) {
        if (!blocking || chunk < firstOld || chunk >= firstOld + run) {
            return false;
        }
        queued.add(io);
        return true;
    }

    /// There is a bio again.
    void retry(QueueContext q) {
        if (flushWaits) {
            submitFlush(q);
        }
    }
}
