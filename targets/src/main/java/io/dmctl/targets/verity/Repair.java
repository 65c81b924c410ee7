package io.dmctl.targets.verity;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.verity.tree.FecLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Tries to mend blocks with a wrong digest, or that could not be read, one at a time: a data block is read again, for
/// its buffer may have been changed by its owner; then parity, where there is any, corrects it.
///
/// Not the hot path: it allocates. Confined to the thread of its queue.
///
/// @kernel drivers/md/dm-verity-target.c `verity_handle_data_hash_mismatch`, drivers/md/dm-verity-fec.c
/// `verity_fec_decode`
final class Repair {
    static final int EIO = -5;

    /// A data block of a bio, or (`io` null) a hash block in a slot of the cache, whose read ended with `status`.
    private record Job(@Nullable VerityIo io, int slot, int status) {}

    private static final int PAGE = 4096;

    private final VerityTarget target;
    private final VerityParams params;
    private final VerityQueue queue;
    private final int blockBytes;
    private final int blockSectors;
    private final ArrayDeque<Job> jobs = new ArrayDeque<>();
    private final byte[] want;
    private final Data scratch = new Data();
    private @Nullable Job job;
    private boolean toReadAgain;
    private boolean readsAgain;
    /// Made when they are first needed: all blocks of a codeword, or one; and what decodes them.
    private @Nullable Data data;

    private @Nullable Codewords codewords;

    Repair(VerityTarget target, VerityParams params, VerityQueue queue) {
        this.target = target;
        this.params = params;
        this.queue = queue;
        this.blockBytes = params.dataBlockBytes();
        this.blockSectors = params.dataBlockSectors();
        this.want = new byte[params.tree().digestBytes()];
    }

    /// The current block of `io` is wrong.
    void add(VerityIo io, QueueContext q) {
        jobs.add(new Job(io, -1, 0));
        startNext(q);
    }

    /// The hash block in `slot` is wrong, or could not be read. There is parity.
    void add(int slot, int status, QueueContext q) {
        final Codewords c = codewords;
        if (c != null) {
            c.giveUp(slot, q);
        }
        if (queue.cache().awaited(slot)) {
            jobs.add(new Job(null, slot, status));
        } else {
            queue.cache().free(slot);
        }
        startNext(q);
    }

    boolean isLocator(VerityIo io) {
        final Codewords c = codewords;
        return c != null && c.isLocator(io);
    }

    void locate(QueueContext q) {
        Objects.requireNonNull(codewords).locate(q);
    }

    private void startNext(QueueContext q) {
        if (job != null || jobs.isEmpty()) {
            return;
        }
        final Job next = jobs.remove();
        job = next;
        final VerityIo io = next.io;
        if (io != null) {
            System.arraycopy(io.want, 0, want, 0, want.length);
            toReadAgain = true;
            goOn(q);
        } else {
            queue.cache().want(next.slot, want);
            final FecLayout layout = Objects.requireNonNull(params.fec()).layout();
            decode(queue.cache().block(next.slot) - params.tree().startBlock() + layout.dataBlocks(), q);
        }
    }

    private void decode(long block, QueueContext q) {
        Codewords c = codewords;
        if (c == null) {
            c = new Codewords(target, params, queue, this, Objects.requireNonNull(params.fec()));
            codewords = c;
        }
        c.start(block, want, q);
    }

    /// Issues what can be issued now.
    void goOn(QueueContext q) {
        final Codewords c = codewords;
        if (toReadAgain && read(q, params.dataDev(), ioOfJob().block(), 1, 0)) {
            toReadAgain = false;
            readsAgain = true;
        } else if (c != null) {
            c.goOn(q);
        }
    }

    private VerityIo ioOfJob() {
        return Objects.requireNonNull(Objects.requireNonNull(job).io);
    }

    /// Reads `blocks` blocks from `block` of `dev` to block `at` of the memory; false when there is no bio now.
    boolean read(QueueContext q, LowerDevice dev, long block, int blocks, int at) {
        scratch.set(data(), (long) at * blockBytes);
        final Bio own =
                q.newBio(dev, ReqOp.READ, 0, block * blockSectors, blocks * blockSectors, scratch, target.repairRead());
        if (own == null) {
            return false;
        }
        VerityTarget.ioOf(own).slot = at;
        q.submit(own);
        return true;
    }

    private Data data() {
        Data d = data;
        if (d == null) {
            final int blocks = params.fec() == null ? 1 : FecLayout.CODEWORD;
            d = Data.of(target.arena().allocate((long) blockBytes * blocks, PAGE));
            data = d;
        }
        return d;
    }

    MemorySegment memory() {
        return Objects.requireNonNull(data().memory());
    }

    void arrived(Bio own, QueueContext q) {
        if (!readsAgain) {
            Objects.requireNonNull(codewords).arrived(VerityTarget.ioOf(own).slot, own.status(), q);
            return;
        }
        readsAgain = false;
        final VerityIo io = ioOfJob();
        if (own.status() == 0 && queue.isGood(memory(), 0, want)) {
            MemorySegment.copy(memory(), 0, VerityQueue.memoryOf(io), queue.byteOffset(io), blockBytes);
            target.setChecked(io.block());
            io.at++;
            end(io, q);
        } else if (params.fec() != null) {
            decode(io.block(), q);
        } else {
            failed(io, q);
        }
    }

    /// The parity gives this block, or none that is right.
    void decoded(byte @Nullable [] block, QueueContext q) {
        final Job done = Objects.requireNonNull(job);
        final VerityIo io = done.io;
        if (block != null) {
            target.countCorrected();
        }
        if (io == null) {
            job = null;
            if (block != null) {
                queue.hashCorrected(done.slot, block, q);
            } else {
                queue.hashFailed(done.slot, done.status, q);
            }
            startNext(q);
        } else if (block != null) {
            MemorySegment.copy(
                    MemorySegment.ofArray(block), 0, VerityQueue.memoryOf(io), queue.byteOffset(io), blockBytes);
            io.at++;
            end(io, q);
        } else {
            failed(io, q);
        }
    }

    private void failed(VerityIo io, QueueContext q) {
        if (VerityQueue.bioOf(io).status() != 0) {
            io.failure = EIO;
        } else if (target.mismatch(VerityTarget.DATA, io.block())) {
            io.at++;
        } else {
            io.failure = EIO;
            io.mismatch = true;
        }
        end(io, q);
    }

    private void end(VerityIo io, QueueContext q) {
        job = null;
        queue.resume(io, q);
        startNext(q);
    }
}
