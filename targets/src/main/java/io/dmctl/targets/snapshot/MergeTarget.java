package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetLimits;
import org.jspecify.annotations.Nullable;

/// The origin with a snapshot's contents, which are written back in the background. It makes no new exceptions
/// but in the other snapshots.
///
/// @kernel drivers/md/dm-snap.c `snapshot_merge_map`
final class MergeTarget extends CowTarget {
    MergeTarget(Member member, Origin origin) {
        super(member, origin);
    }

    @Override
    public TargetLimits limits() {
        final int others = origin.view().minChunkSectors;
        final int own = member.chunkSectors();
        final int max = others == 0 ? own : Math.min(own == 0 ? others : own, others);
        return new TargetLimits(max, 2, discardBios(), 0, false, false, false);
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final Cow cow = member.cow();
        final SnapIo io = SnapIo.of(bio);
        io.begin(bio, cow);
        switch (bio.op()) {
            case FLUSH -> {
                bio.remap(bio.bioNr() == 0 ? origin.dev() : args().cow(), 0);
                return MapResult.REMAPPED;
            }
            case DISCARD -> {
                q.complete(bio); // while merging they change nothing
                return MapResult.SUBMITTED;
            }
            case READ, WRITE, WRITE_ZEROES -> {}
        }
        final long sector = bio.sector();
        int within = origin.view().withinChunks(sector, bio.sectors());
        if (cow != null) {
            within = Math.min(within, cow.leftInChunk(sector));
        }
        if (within < bio.sectors()) {
            bio.acceptPartial(within);
        }
        toDomain(io, q);
        return MapResult.SUBMITTED;
    }

    @Override
    public void mapOnDomain(SnapIo io, QueueContext q) {
        final Bio bio = io.bio();
        final Cow cow = member.cow();
        if (cow != null && cow.isValid() && mapToCow(io, cow, q)) {
            return;
        }
        if (bio.op() == ReqOp.WRITE) {
            origin.write(io, q);
        } else {
            io.stage = SnapIo.Stage.PASSING;
            bio.remap(origin.dev(), bio.sector());
            q.home(bio);
        }
    }

    /// False: it goes to the origin.
    private boolean mapToCow(SnapIo io, Cow cow, QueueContext q) {
        final Bio bio = io.bio();
        final long chunk = cow.chunk(bio.sector());
        final long newChunk = cow.exceptions.find(chunk);
        if (newChunk == ExceptionTable.NONE) {
            return false;
        }
        if (bio.op() == ReqOp.READ) {
            io.stage = SnapIo.Stage.PASSING;
            cow.remap(bio, newChunk);
            q.home(bio);
            return true;
        }
        final Merge merge = cow.merge();
        if (merge == null || !merge.holds(io, chunk)) {
            cow.io().trackedWrite(io, chunk, newChunk, q);
        }
        return true;
    }

    // ---- the merge ----

    private @Nullable Merge merge() {
        final Cow cow = member.cow();
        return cow == null ? null : cow.merge();
    }

    @Override
    public void resume() {
        member.suspending(false);
        super.resume();
        final Cow cow = member.cow();
        if (cow != null && cow.isValid()) {
            ti.run(origin.domain(), () -> cow.mergeFor(member));
            ti.queueWork(origin.domain());
        }
    }

    @Override
    public void work(Domain owner, QueueContext q) {
        final Merge merge = merge();
        if (merge != null) {
            merge.start(origin.queue());
        }
    }

    @Override
    public void presuspend() {
        member.suspending(true);
        final Merge merge = merge();
        if (merge != null) {
            while (merge.isRunning()) {
                ti.await(() -> !merge.isRunning());
            }
        }
    }

    @Override
    public void presuspendUndo() {
        member.suspending(false);
        ti.queueWork(origin.domain());
    }
}
