package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.support.KcopydJob;

/// Where the bios go that a snapshot leaves to the domain.
///
/// Thread rule: that of its [Cow].
///
/// @kernel drivers/md/dm-snap.c `snapshot_map` `remap_exception`
@HotPath
final class CowIo {
    static final int EIO = -5;

    private final Cow cow;
    /// Bios to a slot that is blocked, and those that are being looked at again.
    private final IoList heldIos = new IoList();
    private final IoList held = new IoList();

    CowIo(Cow cow) {
        this.cow = cow;
    }

    /// A read of the snapshot.
    void read(SnapIo io, QueueContext q) {
        final long chunk = cow.chunk(io.bio().sector());
        final long newChunk = cow.exceptions.find(chunk);
        if (newChunk != ExceptionTable.NONE) {
            cow.remap(io.bio(), newChunk);
            io.stage = SnapIo.Stage.PASSING;
            q.home(io.bio());
        } else {
            toOrigin(io, q);
        }
    }

    /// Sends it to the origin, tracked; when the slot is blocked, later.
    void toOrigin(SnapIo io, QueueContext q) {
        final Bio bio = io.bio();
        final int slot = ChunkTracker.slot(cow.chunk(bio.sector()));
        if (cow.tracker.isBlocked(slot)) {
            heldIos.add(io);
            return;
        }
        cow.tracker.enter(slot);
        io.slot = slot;
        io.stage = SnapIo.Stage.TRACKED;
        bio.remap(cow.origin.dev(), bio.sector());
        q.home(bio);
    }

    /// A write to a chunk that may be merged next; when the slot is blocked, later.
    void trackedWrite(SnapIo io, long chunk, long newChunk, QueueContext q) {
        final int slot = ChunkTracker.slot(chunk);
        if (cow.tracker.isBlocked(slot)) {
            heldIos.add(io);
            return;
        }
        cow.tracker.enter(slot);
        io.slot = slot;
        io.stage = SnapIo.Stage.TRACKED;
        cow.remap(io.bio(), newChunk);
        q.home(io.bio());
    }

    /// A write to the snapshot.
    void write(SnapIo io, QueueContext q) {
        final Bio bio = io.bio();
        final long chunk = cow.chunk(bio.sector());
        if (cow.isOverflowed()) {
            fail(io, q);
            return;
        }
        final long newChunk = cow.exceptions.find(chunk);
        if (newChunk != ExceptionTable.NONE) {
            cow.remap(bio, newChunk);
            io.stage = SnapIo.Stage.PASSING;
            q.home(bio);
            return;
        }
        Pending p = cow.pending(chunk);
        if (p == null) {
            p = cow.insert(chunk);
        }
        if (p == null) {
            cow.full(io, q);
            return;
        }
        cow.remap(bio, p.newChunk);
        if (!p.started && bio.sectors() == cow.chunkSectors()) {
            p.started = true;
            p.full = io;
            io.pending = p;
            io.stage = SnapIo.Stage.FULL;
            q.home(bio);
            return;
        }
        io.stage = SnapIo.Stage.PASSING;
        p.snapshotIos.add(io);
        cow.startCopy(p, q);
    }

    static void fail(SnapIo io, QueueContext q) {
        io.stage = SnapIo.Stage.PASSING;
        io.bio().status(EIO);
        q.complete(io.bio());
    }

    /// A slot is not blocked any more.
    void releaseHeld(QueueContext q) {
        held.takeAll(heldIos);
        mapAgain(held, q);
    }

    static void mapAgain(IoList ios, QueueContext q) {
        SnapIo io;
        while ((io = ios.poll()) != null) {
            io.mapOnDomain(q);
        }
    }

    /// Zeroes a chunk of the COW device.
    void zero(long newChunk, KcopydJob.Notify zeroed, SnapIo io, QueueContext q) {
        final KcopydJob job = cow.origin.kcopyd().newJob();
        job.zeroes(cow.chunkSectors()).to(cow.dev, newChunk << cow.chunkShift).notify(zeroed, io);
        cow.origin.kcopyd().submit(job, q);
    }
}
