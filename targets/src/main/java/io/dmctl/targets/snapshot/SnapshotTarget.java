package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetLimits;
import io.dmctl.targets.support.KcopydJob;
import java.util.Objects;

/// A view of the origin as it was, with changes of its own. Chunks that have an exception, and reads of those
/// that have none, are mapped where they come in; the rest is the domain's.
///
/// Sectors are the mapped device's, whatever sector the target begins at, as the kernel has them.
///
/// @kernel drivers/md/dm-snap.c `snapshot_map`
final class SnapshotTarget extends CowTarget {
    private static final KcopydJob.Notify ZEROED = (job, q) -> {
        final Bio bio = ((SnapIo) Objects.requireNonNull(job.context())).bio();
        bio.status(job.writeErrors() == 0 ? 0 : CowIo.EIO);
        q.complete(bio);
    };

    SnapshotTarget(Member member, Origin origin) {
        super(member, origin);
    }

    @Override
    public TargetLimits limits() {
        return new TargetLimits(member.chunkSectors(), 1, discardBios(), 0, false, false, false);
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final Cow cow = member.cow();
        final SnapIo io = SnapIo.of(bio);
        io.begin(bio, cow);
        if (bio.op() == ReqOp.FLUSH) {
            bio.remap(args().cow(), 0);
            return MapResult.REMAPPED;
        }
        if (cow == null || !cow.isValid()) {
            return MapResult.KILL;
        }
        if (bio.op() == ReqOp.READ || bio.op() == ReqOp.WRITE) {
            if (bio.sectors() > cow.leftInChunk(bio.sector())) {
                bio.acceptPartial(cow.leftInChunk(bio.sector()));
            }
            if (mapHere(bio, io, cow)) {
                return MapResult.REMAPPED;
            }
        }
        toDomain(io, q);
        return MapResult.SUBMITTED;
    }

    /// False: it needs the domain.
    @HotPath
    private boolean mapHere(Bio bio, SnapIo io, Cow cow) {
        final long chunk = cow.chunk(bio.sector());
        long newChunk = cow.exceptions.find(chunk);
        if (newChunk == ExceptionTable.NONE && bio.op() == ReqOp.READ) {
            final int slot = ChunkTracker.slot(chunk);
            final boolean entered = cow.tracker.enter(slot);
            newChunk = cow.exceptions.find(chunk);
            if (entered && newChunk == ExceptionTable.NONE) {
                io.slot = slot;
                io.stage = SnapIo.Stage.TRACKED;
                bio.remap(origin.dev(), bio.sector());
                return true;
            }
            if (cow.tracker.leave(slot)) {
                return false; // the domain may wait for this
            }
        }
        if (newChunk == ExceptionTable.NONE || (bio.op() == ReqOp.WRITE && cow.isOverflowed())) {
            return false;
        }
        cow.remap(bio, newChunk);
        return true;
    }

    @Override
    public void mapOnDomain(SnapIo io, QueueContext q) {
        final Cow cow = io.cow();
        if (!cow.isValid()) {
            CowIo.fail(io, q);
            return;
        }
        switch (io.bio().op()) {
            case READ -> cow.io().read(io, q);
            case WRITE -> cow.io().write(io, q);
            case DISCARD -> discard(io, cow, q);
            case FLUSH, WRITE_ZEROES -> throw new IllegalStateException(io.bio().op() + " on the domain");
        }
    }

    /// The first of two goes to the COW device, the second, with discard_passdown_origin, to the origin, where
    /// it makes no exception.
    private void discard(SnapIo io, Cow cow, QueueContext q) {
        final Bio bio = io.bio();
        if (cow.isOverflowed()) {
            CowIo.fail(io, q);
            return;
        }
        if (bio.bioNr() == 1) {
            cow.io().toOrigin(io, q);
            return;
        }
        io.stage = SnapIo.Stage.PASSING;
        final long newChunk = cow.exceptions.find(cow.chunk(bio.sector()));
        if (newChunk == ExceptionTable.NONE) {
            q.complete(bio);
            return;
        }
        final int left = cow.leftInChunk(bio.sector());
        if (left == cow.chunkSectors() && bio.sectors() >= left) {
            cow.io().zero(newChunk, ZEROED, io, q);
            return;
        }
        final int sectors = Math.min(bio.sectors(), left);
        cow.remap(bio, newChunk);
        bio.trim(bio.sector(), sectors); // the rest of it is another chunk's
        q.home(bio);
    }
}
