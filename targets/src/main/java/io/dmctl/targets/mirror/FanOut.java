package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import java.util.Objects;

/// Sends a write, flush or discard to several legs, with a bio of the mirror's own for each; in order, as far as there
/// are bios.
///
/// Thread rule: the mirror's domain.
///
/// @kernel drivers/md/dm-raid1.c `do_write`
@HotPath
final class FanOut {
    private static final int EINVAL = -22;
    private static final int EOPNOTSUPP = -95;

    private final Legs legs;
    private final Writes writes;
    private final Completion legDone = this::legDone;
    /// Wait for bios.
    private final IoList ready = new IoList();

    FanOut(Legs legs, Writes writes) {
        this.legs = legs;
        this.writes = writes;
    }

    /// To the legs whose bits are set in `mask`. [Writes#done] is told by a later call.
    void issue(MirrorIo io, int mask, QueueContext q) {
        io.todo = mask;
        if (!ready.isEmpty() || !advance(io, q)) {
            ready.add(io);
        }
    }

    /// Bios are free: on with those that waited.
    void run(QueueContext q) {
        MirrorIo io;
        while ((io = ready.peek()) != null && advance(io, q)) {
            ready.poll();
        }
    }

    private boolean advance(MirrorIo io, QueueContext q) {
        final Bio bio = io.bio();
        final ReqOp op = bio.op();
        final Data data = op == ReqOp.WRITE ? bio.data() : Data.NONE;
        final int flags = op == ReqOp.FLUSH ? 0 : bio.flags() & ~BioFlags.PREFLUSH;
        while (io.todo != 0) {
            final int i = Integer.numberOfTrailingZeros(io.todo);
            final Leg leg = legs.get(i);
            final long sector = op == ReqOp.FLUSH ? 0 : leg.offsetSectors + io.sector;
            final Bio own = q.newBio(leg.dev, op, flags, sector, bio.sectors(), data, legDone);
            if (own == null) {
                return false;
            }
            final MirrorIo part = (MirrorIo) Objects.requireNonNull(own.perIo());
            part.parent = io;
            part.leg = i;
            io.todo &= io.todo - 1;
            io.pending++;
            q.submit(own);
        }
        return true;
    }

    private void legDone(Bio own, QueueContext q) {
        final MirrorIo part = (MirrorIo) Objects.requireNonNull(own.perIo());
        final MirrorIo io = Objects.requireNonNull(part.parent);
        part.parent = null;
        final int status = own.status();
        if (status != 0) {
            io.status = status;
            if (status != EOPNOTSUPP && status != EINVAL) { // what a leg cannot do is not its failure
                io.errors |= 1 << part.leg;
            }
        }
        if (--io.pending == 0 && io.todo == 0) {
            writes.done(io, q);
        }
    }
}
