package io.dmctl.targets.support;

import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Copies a region of one device to up to [#MAX_DESTINATIONS] others, or zeroes them, with bios of the target's own and
/// a fixed number of buffers. Jobs go in the order of [#submit], in sub-jobs as large as a buffer that run side by
/// side;
/// a job that finds no bio or no buffer waits for one. A target's [io.dmctl.targets.spi.Target#work(Domain,
/// QueueContext)] calls [#run], which the core calls when a bio is free.
///
/// Thread rule: all calls on the thread of one domain, within the calls of one target
/// ([io.dmctl.targets.spi.Target#work]
/// and completions): [QueueContext#newBio] asks for that. [#close] when nothing is in flight. The buffers are native
/// memory of this object's.
///
/// @kernel drivers/md/dm-kcopyd.c
@HotPath
public final class Kcopyd implements AutoCloseable {
    /// @kernel include/linux/dm-kcopyd.h `DM_KCOPYD_MAX_REGIONS`
    public static final int MAX_DESTINATIONS = 8;

    /// The kernel's `kcopyd_subjob_size_kb`: 512 KiB.
    public static final int SUB_JOB_SECTORS = 1024;

    private static final int ALIGN_BYTES = 4096;

    private final Arena arena = Arena.ofShared();
    private final int subJobSectors;
    private @Nullable KcopydJob jobPool;
    private @Nullable KcopydPiece piecePool;
    private @Nullable KcopydJob firstJob;
    private @Nullable KcopydJob lastJob;
    private @Nullable KcopydPiece firstReady;
    private @Nullable KcopydPiece lastReady;
    private int jobs;

    /// `buffers` buffers of `subJobSectors` sectors each, and one of zeros.
    public Kcopyd(int buffers, int subJobSectors) {
        if (buffers < 1 || subJobSectors < 1) {
            throw new IllegalArgumentException("kcopyd: " + buffers + " buffers of " + subJobSectors + " sectors");
        }
        this.subJobSectors = subJobSectors;
        final long bytes = (long) subJobSectors << 9;
        final MemorySegment memory = arena.allocate(bytes * (buffers + 1), ALIGN_BYTES);
        final Data zeros = Data.of(memory.asSlice(0, bytes));
        for (int i = 1; i <= buffers; i++) {
            final KcopydPiece piece = new KcopydPiece(this, memory.asSlice(i * bytes, bytes), zeros);
            piece.next = piecePool;
            piecePool = piece;
        }
    }

    /// An empty job of the pool; a new one when that is empty.
    public KcopydJob newJob() {
        final KcopydJob job = jobPool;
        if (job == null) {
            return new KcopydJob();
        }
        jobPool = job.next;
        job.next = null;
        return job;
    }

    /// Starts `job`, which is told its end by a later call, never by this one.
    public void submit(KcopydJob job, QueueContext q) {
        job.check();
        final KcopydJob last = lastJob;
        if (last == null) {
            firstJob = job;
        } else {
            last.next = job;
        }
        lastJob = job;
        jobs++;
        run(q);
    }

    /// Jobs that are not over.
    public int jobs() {
        return jobs;
    }

    /// Goes on after a wait.
    public void run(QueueContext q) {
        KcopydPiece piece;
        while ((piece = firstReady) != null || (piece = nextPiece()) != null) {
            if (!piece.advance(q)) {
                return;
            }
            firstReady = piece.next;
            if (firstReady == null) {
                lastReady = null;
            }
            piece.next = null;
        }
    }

    /// Puts the next part of the first job in line; null when there is none, or no buffer.
    private @Nullable KcopydPiece nextPiece() {
        final KcopydJob job = firstJob;
        final KcopydPiece piece = piecePool;
        if (job == null || piece == null) {
            return null;
        }
        piecePool = piece.next;
        piece.begin(job, subJobSectors);
        if (job.allIssued()) {
            unlinkFirst(job);
        }
        addReady(piece);
        return piece;
    }

    /// Only the first job has both parts that run and parts that were not begun.
    private void unlinkFirst(KcopydJob job) {
        firstJob = job.next;
        if (firstJob == null) {
            lastJob = null;
        }
        job.next = null;
    }

    private void addReady(KcopydPiece piece) {
        piece.next = null;
        final KcopydPiece last = lastReady;
        if (last == null) {
            firstReady = piece;
        } else {
            last.next = piece;
        }
        lastReady = piece;
    }

    // ---- called by the pieces ----

    /// `piece` has more to submit.
    void ready(KcopydPiece piece, QueueContext q) {
        addReady(piece);
        run(q);
    }

    void finished(KcopydPiece piece, KcopydJob job, QueueContext q) {
        piece.next = piecePool;
        piecePool = piece;
        if (job.stopped() && job == firstJob) {
            unlinkFirst(job);
        }
        if (job.pieces == 0 && job.allIssued()) {
            jobs--;
            job.tell(q);
            job.reset();
            job.next = jobPool;
            jobPool = job;
        }
        run(q);
    }

    /// Frees the buffers.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
