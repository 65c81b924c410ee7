package io.dmctl.targets.support;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A sub-job and the buffer it goes through: read, then written to every destination at once.
@HotPath
final class KcopydPiece implements Completion {
    private static final int EOPNOTSUPP = 95;

    private final Kcopyd owner;
    private final Data buffer;
    private final Data zeros;
    private final Completion[] legs = new Completion[Kcopyd.MAX_DESTINATIONS];
    private @Nullable KcopydJob job;
    private ReqOp op = ReqOp.READ;
    private long offsetSectors;
    private int sectors;
    /// Destinations that are still to be written; for a READ, bit 0.
    private int todo;
    /// Destinations that cannot do WRITE_ZEROES after all.
    private int plain;

    private int pending;

    @Nullable
    KcopydPiece next;

    KcopydPiece(Kcopyd owner, MemorySegment buffer, Data zeros) {
        this.owner = owner;
        this.buffer = Data.of(buffer);
        this.zeros = zeros;
        for (int i = 0; i < legs.length; i++) {
            final int destination = i;
            legs[i] = (bio, q) -> written(destination, bio.status(), q);
        }
    }

    /// Becomes the next part of `newJob`, of at most `maxSectors`.
    void begin(KcopydJob newJob, int maxSectors) {
        job = newJob;
        offsetSectors = newJob.issuedSectors;
        op = newJob.source() != null ? ReqOp.READ : zeroOp(newJob);
        sectors = (int) Math.min(newJob.sectors() - offsetSectors, pieceSectors(newJob, maxSectors));
        todo = op == ReqOp.READ ? 1 : (1 << newJob.destinations()) - 1;
        plain = 0;
        newJob.issuedSectors += sectors;
        newJob.pieces++;
    }

    private static ReqOp zeroOp(KcopydJob job) {
        for (int i = 0; i < job.destinations(); i++) {
            if (job.device(i).limits().maxWriteZeroesSectors() == 0) {
                return ReqOp.WRITE;
            }
        }
        return ReqOp.WRITE_ZEROES;
    }

    private int pieceSectors(KcopydJob of, int maxSectors) {
        int most = maxSectors;
        if (op == ReqOp.WRITE_ZEROES) {
            for (int i = 0; i < of.destinations(); i++) {
                most = Math.min(most, of.device(i).limits().maxWriteZeroesSectors());
            }
        }
        return most;
    }

    /// Submits what is to be submitted now. False: a bio is missing, call it again when one is free.
    boolean advance(QueueContext q) {
        final KcopydJob of = Objects.requireNonNull(job);
        while (todo != 0) {
            final int i = Integer.numberOfTrailingZeros(todo);
            final LowerDevice dev = op == ReqOp.READ ? Objects.requireNonNull(of.source()) : of.device(i);
            final long sector = (op == ReqOp.READ ? of.sourceSector() : of.sector(i)) + offsetSectors;
            final Bio bio = q.newBio(dev, op, 0, sector, sectors, data(of), op == ReqOp.READ ? this : legs[i]);
            if (bio == null) {
                return false;
            }
            todo &= todo - 1;
            pending++;
            q.submit(bio);
        }
        return true;
    }

    private Data data(KcopydJob of) {
        if (op == ReqOp.WRITE_ZEROES) {
            return Data.NONE;
        }
        return of.source() == null ? zeros : buffer;
    }

    /// The source was read.
    @Override
    public void done(Bio bio, QueueContext q) {
        final KcopydJob of = Objects.requireNonNull(job);
        pending--;
        if (bio.status() != 0) {
            of.failRead();
        } else if (!of.stopped()) {
            op = ReqOp.WRITE;
            todo = (1 << of.destinations()) - 1;
            owner.ready(this, q);
            return;
        }
        finish(of, q);
    }

    private void written(int destination, int status, QueueContext q) {
        final KcopydJob of = Objects.requireNonNull(job);
        pending--;
        if (status == -EOPNOTSUPP && op == ReqOp.WRITE_ZEROES) {
            plain |= 1 << destination;
        } else if (status != 0) {
            of.failWrite(destination);
        }
        if (pending != 0 || todo != 0) {
            return;
        }
        if (plain != 0) {
            op = ReqOp.WRITE; // the limits promised too much: blkdev_issue_zeroout() falls back in the same way
            todo = plain;
            plain = 0;
            owner.ready(this, q);
        } else {
            finish(of, q);
        }
    }

    private void finish(KcopydJob of, QueueContext q) {
        job = null;
        of.pieces--;
        owner.finished(this, of, q);
    }
}
