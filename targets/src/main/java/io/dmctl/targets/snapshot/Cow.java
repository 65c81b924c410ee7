package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.support.KcopydJob;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The exceptions of one COW device, and what is on its way to become one.
///
/// A chunk is allocated, its data copied (or written, where a write covers it whole), the exception appended to
/// the store in the order of allocation, the store written; then it is published. Reads of the origin's chunk
/// that began before end first, then what waits goes on: writes to the snapshot to the new chunk, writes to the
/// origin to the origin.
///
/// Thread rule: the domain of the [Origin], but for what is said to be for queues.
///
/// @kernel drivers/md/dm-snap.c `struct dm_snapshot` `pending_complete`
final class Cow implements AutoCloseable {
    private static final int EIO = -5;
    private static final KcopydJob.Notify COPIED = (job, q) -> {
        final Pending p = (Pending) Objects.requireNonNull(job.context());
        p.cow.copied(p, !job.readError() && job.writeErrors() == 0, q);
    };

    /// Is the store any good?
    private enum State {
        VALID,
        /// It takes no more; its header does not say so yet, so that nothing may be overwritten on the
        /// origin.
        INVALID,
        DROPPED
    }

    final Origin origin;
    final LowerDevice dev;
    final ExceptionStore store;
    final ExceptionTable exceptions;
    final ChunkTracker tracker = new ChunkTracker();
    final int chunkShift;
    private final CowIo io = new CowIo(this);
    private final PendingTable pendings = new PendingTable(this);
    private final PendingQueue inOrder = new PendingQueue();
    private final PendingQueue batch = new PendingQueue();
    private final PendingQueue draining = new PendingQueue();
    private final PendingQueue failing = new PendingQueue();
    private final IoList toFail = new IoList();
    private final IoList toRetry = new IoList();
    /// What is being gone through, and may have to wait on.
    private final PendingQueue looked = new PendingQueue();
    private boolean writing;
    private @Nullable Merge merge;
    private volatile State state;
    private volatile boolean overflowed;
    private volatile boolean mergeFailed;
    /// Pending exceptions, and an invalidation that is under way.
    private volatile int outstanding;

    private volatile boolean closing;
    /// Whose device has the events.
    private volatile TargetContext owner;

    /// The end of the device above: no write beyond is copied.
    private volatile long endSector;

    private volatile boolean supportsOverflow;

    Cow(Origin origin, LowerDevice dev, ExceptionStore store, ExceptionTable exceptions, boolean valid, Member owner) {
        this.origin = origin;
        this.dev = dev;
        this.store = store;
        this.exceptions = exceptions;
        this.chunkShift = Integer.numberOfTrailingZeros(store.chunkSectors());
        this.state = valid ? State.VALID : State.DROPPED;
        this.owner = owner.ti();
        this.endSector = owner.endSector();
        this.supportsOverflow = owner.supportsOverflow();
        if (store instanceof PersistentStore persistent) {
            persistent.ownedBy(this);
        }
    }

    /// Another target has it from now on.
    void handTo(Member next) {
        owner = next.ti();
        endSector = next.endSector();
        supportsOverflow = next.supportsOverflow();
        merge = null;
    }

    /// `member` writes the exceptions back from now on, when [Merge#start] is called.
    void mergeFor(Member member) {
        if (store instanceof PersistentStore persistent) {
            merge = new Merge(this, persistent, member);
        }
    }

    @Nullable
    Merge merge() {
        return merge;
    }

    CowIo io() {
        return io;
    }

    // ---- for queues ----

    @HotPath
    boolean isValid() {
        return state == State.VALID;
    }

    @HotPath
    boolean isOverflowed() {
        return overflowed;
    }

    boolean isMergeFailed() {
        return mergeFailed;
    }

    void mergeHasFailed() {
        mergeFailed = true;
    }

    @HotPath
    int chunkSectors() {
        return 1 << chunkShift;
    }

    @HotPath
    long chunk(long sector) {
        return sector >>> chunkShift;
    }

    /// Sectors from `sector` to the end of its chunk.
    @HotPath
    int leftInChunk(long sector) {
        return chunkSectors() - (int) (sector & (chunkSectors() - 1));
    }

    /// Leads `bio` to its place in `newChunk`.
    @HotPath
    void remap(Bio bio, long newChunk) {
        bio.remap(dev, (newChunk << chunkShift) + (bio.sector() & (chunkSectors() - 1)));
    }

    /// May the origin be written at `sector` without further ado? What it holds was copied, and nobody reads
    /// it there.
    @HotPath
    boolean allowsOriginWrite(long sector) {
        if (state == State.DROPPED || sector >= endSector) {
            return true;
        }
        final long chunk = chunk(sector);
        // The slot is blocked before the exception is published, and until the readers have left.
        return state == State.VALID
                && exceptions.find(chunk) != ExceptionTable.NONE
                && !tracker.isBlocked(ChunkTracker.slot(chunk));
    }

    /// No room for what a write to the snapshot needs.
    void full(SnapIo io, QueueContext q) {
        if (supportsOverflow) {
            overflowed = true;
            CowIo.fail(io, q);
        } else {
            toFail.add(io);
            invalidate(q);
            if (state == State.DROPPED) {
                releaseFailed(q);
            }
        }
    }

    /// For a write of the origin at `sector`: what must become an exception first; null for nothing.
    /// Invalidates the snapshot when there is no room, and then answers null too: [#awaitsDrop] tells whether
    /// that must be waited for.
    @Nullable
    Pending forOriginWrite(long sector, QueueContext q) {
        if (state != State.VALID || sector >= endSector) {
            return null;
        }
        final long chunk = chunk(sector);
        final Pending p = pendings.find(chunk);
        if (p != null) {
            return p;
        }
        if (exceptions.find(chunk) != ExceptionTable.NONE) {
            return null;
        }
        final Pending made = insert(chunk);
        if (made == null) {
            invalidate(q);
        }
        return made;
    }

    /// The store is invalid and does not say so yet: nothing that it describes may be overwritten.
    boolean awaitsDrop() {
        return state == State.INVALID;
    }

    /// A write of the origin that is tried again when the store says that it is invalid.
    void retryAfterDrop(SnapIo io) {
        toRetry.add(io);
    }

    // ---- pending exceptions ----

    @Nullable
    Pending pending(long chunk) {
        return pendings.find(chunk);
    }

    /// Null: there is no room.
    @Nullable
    Pending insert(long chunk) {
        final long newChunk = store.allocate();
        if (newChunk == ExceptionStore.NO_ROOM) {
            return null;
        }
        final Pending p = pendings.add(chunk, newChunk);
        inOrder.add(p);
        outstanding(+1);
        return p;
    }

    /// Copies the chunk, unless that is under way.
    void startCopy(Pending p, QueueContext q) {
        if (p.started) {
            return;
        }
        p.started = true;
        final long from = p.oldChunk << chunkShift;
        final long sectors = Math.min(chunkSectors(), origin.dev().sizeSectors() - from);
        final KcopydJob job = origin.kcopyd().newJob();
        job.from(origin.dev(), from, sectors).to(dev, p.newChunk << chunkShift).notify(COPIED, p);
        origin.kcopyd().submit(job, q);
    }

    /// The data of `p` is in its chunk, if `ok`.
    void copied(Pending p, boolean ok, QueueContext q) {
        p.copied = true;
        p.failed = !ok;
        commit(q);
    }

    /// Hands to the store what comes next in order.
    private void commit(QueueContext q) {
        Pending p;
        while (!writing && (p = inOrder.peek()) != null && p.copied) {
            inOrder.poll();
            batch.add(p);
            if (store.append(p.oldChunk, p.newChunk, !p.failed, inOrder.isEmpty())) {
                writing = true;
                if (store.write(q)) {
                    batchWritten(q);
                }
            }
        }
    }

    /// The store is done with [ExceptionStore#write].
    void written(QueueContext q) {
        batchWritten(q);
        commit(q);
    }

    private void batchWritten(QueueContext q) {
        writing = false;
        Pending p;
        while ((p = batch.poll()) != null) {
            committed(p, q);
        }
    }

    private void committed(Pending p, QueueContext q) {
        if (!store.isGood() || p.failed) {
            p.failed = true;
            invalidate(q);
        }
        if (state == State.VALID) {
            final int slot = ChunkTracker.slot(p.oldChunk);
            tracker.block(slot);
            p.published = true;
            exceptions.put(p.oldChunk, p.newChunk);
            if (tracker.isEmpty(slot)) {
                finish(p, q);
            } else {
                draining.add(p);
            }
        } else {
            p.failed = true;
            failing.add(p);
            if (state == State.DROPPED) {
                releaseFailed(q);
            }
        }
    }

    /// Somebody left a slot: what waited for that goes on.
    void drain(QueueContext q) {
        final Merge m = merge;
        if (m != null) {
            m.writeDone(q);
        }
        if (draining.isEmpty()) {
            return;
        }
        Pending p;
        while ((p = draining.poll()) != null) {
            looked.add(p);
        }
        while ((p = looked.poll()) != null) {
            if (tracker.isEmpty(ChunkTracker.slot(p.oldChunk))) {
                finish(p, q);
            } else {
                draining.add(p);
            }
        }
    }

    /// `p` is an exception, or has failed: what waits for it goes on.
    private void finish(Pending p, QueueContext q) {
        if (p.published) {
            tracker.unblock(ChunkTracker.slot(p.oldChunk));
        }
        pendings.remove(p);
        final SnapIo full = p.full;
        if (full != null) {
            p.full = null;
            full.pending = null;
            full.stage = SnapIo.Stage.PASSING;
            full.bio().status(p.failed ? EIO : 0);
            q.complete(full.bio());
        }
        SnapIo waiting;
        while ((waiting = p.snapshotIos.poll()) != null) {
            if (p.failed) {
                CowIo.fail(waiting, q);
            } else {
                q.home(waiting.bio());
            }
        }
        io.releaseHeld(q);
        CowIo.mapAgain(p.originIos, q);
        pendings.free(p);
        over();
        origin.exceptionDone(q);
    }

    private void outstanding(int more) {
        final int now = outstanding + more;
        outstanding = now;
    }

    private void over() {
        outstanding(-1);
        if (closing && outstanding == 0) {
            owner.signal();
        }
    }

    // ---- invalidation ----

    private void invalidate(QueueContext q) {
        if (state != State.VALID) {
            return;
        }
        state = State.INVALID;
        outstanding(+1);
        if (store.drop(q)) {
            nowDropped();
        }
    }

    private void nowDropped() {
        state = State.DROPPED;
        owner.tableEvent();
        over();
    }

    /// The store is marked invalid.
    void dropped(QueueContext q) {
        nowDropped();
        releaseFailed(q);
        origin.exceptionDone(q);
    }

    private void releaseFailed(QueueContext q) {
        Pending p;
        while ((p = failing.poll()) != null) {
            finish(p, q);
        }
        SnapIo waiting;
        while ((waiting = toFail.poll()) != null) {
            CowIo.fail(waiting, q);
        }
        CowIo.mapAgain(toRetry, q);
    }

    // ---- the rest ----

    /// Goes on after there was no bio.
    void retry(QueueContext q) {
        store.retry(q);
        final Merge m = merge;
        if (m != null) {
            m.retry(q);
        }
    }

    /// The store is done with what the merge asked of it.
    void merged(QueueContext q) {
        Objects.requireNonNull(merge, "nothing is being merged").storeDone(q);
    }

    boolean hasPending() {
        return outstanding != 0;
    }

    /// Tells the owner from now on when nothing is outstanding any more.
    void beginClose() {
        closing = true;
    }

    /// From any thread.
    boolean isIdle() {
        return outstanding == 0;
    }

    @Override
    public void close() {
        store.close();
    }
}
