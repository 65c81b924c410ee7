package io.dmctl.targets.verity;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.verity.tree.BlockHasher;
import io.dmctl.targets.verity.tree.HashTree;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The checks of one I/O thread: its hash functions, its hash blocks, and the bios that wait for one. Nothing is shared
/// with other threads, so there is nothing to lock.
///
/// A block's digest lies in the hash block of level 0; where that one is not at hand, the lowest one of the way to the
/// root that is tells the digest of the next one below, which is read and checked at its arrival, and so on down.
///
/// Confined to that thread.
///
/// @kernel drivers/md/dm-verity-target.c `verity_verify_io` `verity_hash_for_block` `verity_verify_level`
@HotPath
final class VerityQueue {
    /// What [#digestOf] answers: the digest is there.
    static final int READY = 0;
    /// It is asked for again when what it depends on has arrived.
    static final int WAITS = 1;
    /// It depends on a hash block that is bad.
    static final int BAD = 2;

    private static final int EIO = -5;

    private final VerityTarget target;
    private final VerityParams params;
    private final HashTree tree;
    private final int hashSectors;
    private final HashCache cache;
    private final BlockHasher dataHasher;
    private final BlockHasher hashHasher;
    private final byte[] digest;
    private final Data scratch = new Data();
    private final VerityIo ahead;
    private final Repair repair;
    private int epoch;

    /// These wait for an own bio or for a slot of the cache, in order.
    private @Nullable VerityIo firstNeedy;

    private @Nullable VerityIo lastNeedy;

    VerityQueue(VerityTarget target, VerityParams params) {
        this.target = target;
        this.params = params;
        this.tree = params.tree();
        this.hashSectors = tree.hashBlockBytes() >> 9;
        this.cache = new HashCache(tree, target.arena());
        this.dataHasher = params.dataHasher();
        this.hashHasher = params.hashHasher();
        this.digest = new byte[tree.digestBytes()];
        this.ahead = new VerityIo(tree.digestBytes());
        this.repair = new Repair(target, params, this);
    }

    /// Starts to read the hash blocks that these data blocks, and the next ones of a sequential reader, will need.
    void prefetch(long first, int count, QueueContext q) {
        if (epoch != target.epoch()) {
            epoch = target.epoch();
            cache.clear();
        }
        final long last = first + count - 1;
        prefetch(first, q);
        prefetch(last, q);
        prefetch(Math.min(last + (1L << (tree.perBlockBits() - 1)), tree.dataBlocks() - 1), q);
    }

    private void prefetch(long dataBlock, QueueContext q) {
        final int missing = nearest(ahead, dataBlock) - 1;
        if (missing >= 0 && !target.checked(dataBlock)) {
            final long number = tree.hashBlock(missing, dataBlock);
            if (cache.find(number) < 0) {
                startRead(number, ahead.want, q); // when it cannot be started now, the check will start it
            }
        }
    }

    /// Goes on with the check of a bio; true when it is over and the bio has its status.
    boolean verify(VerityIo io, QueueContext q) {
        while (io.failure == 0 && io.at < io.blocks) {
            final long block = io.block();
            if (!skip(io, block)) {
                if (digestOf(io, block, q) == WAITS) {
                    return false;
                }
                if (!check(io, block)) {
                    repair.add(io, q);
                    return false;
                }
            }
            io.at++;
        }
        end(io);
        return true;
    }

    private boolean skip(VerityIo io, long block) {
        return target.checked(block) && bioOf(io).status() == 0;
    }

    static Bio bioOf(VerityIo io) {
        return Objects.requireNonNull(io.bio);
    }

    private void end(VerityIo io) {
        final Bio bio = bioOf(io);
        io.bio = null;
        bio.status(io.failure);
        if (io.failure != 0 && !io.mismatch) {
            target.ioError();
        }
    }

    /// Where the current block of the bio begins in its memory.
    long byteOffset(VerityIo io) {
        return bioOf(io).data().offsetBytes() + (long) io.at * params.dataBlockBytes();
    }

    static MemorySegment memoryOf(VerityIo io) {
        return Objects.requireNonNull(bioOf(io).data().memory());
    }

    private boolean check(VerityIo io, long block) {
        final MemorySegment memory = memoryOf(io);
        if (target.isZeroDigest(io.want)) {
            MemorySegment.copy(target.zeroBlock(), 0, memory, byteOffset(io), params.dataBlockBytes());
            return true;
        }
        if (!isGood(memory, byteOffset(io), io.want)) {
            return false;
        }
        target.setChecked(block);
        return true;
    }

    /// Has the data block at `offsetBytes` of `memory` this digest?
    boolean isGood(MemorySegment memory, long offsetBytes, byte[] want) {
        dataHasher.digest(memory, offsetBytes, digest);
        return Arrays.equals(digest, want);
    }

    boolean isGood(byte[] block, byte[] want) {
        dataHasher.digest(block, 0, digest);
        return Arrays.equals(digest, want);
    }

    // ---- the way from the root to a data block ----

    /// Puts the digest of `dataBlock` in `io.want`, or makes `io` wait.
    int digestOf(VerityIo io, long dataBlock, QueueContext q) {
        final int level = nearest(io, dataBlock);
        if (level == 0) {
            return READY;
        }
        final long number = tree.hashBlock(level - 1, dataBlock);
        final int slot = cache.find(number);
        if (slot >= 0) {
            if (cache.state(slot) == HashCache.REPAIRING && repair.isLocator(io)) {
                return BAD; // its turn comes after the repair that asks for it
            }
            cache.await(slot, io);
            return WAITS;
        }
        final int started = startRead(number, io.want, q);
        if (started >= 0) {
            cache.await(started, io);
        } else {
            addNeedy(io);
        }
        return WAITS;
    }

    /// The lowest level whose hash block on the way to `dataBlock` is at hand, with what it says of the one below in
    /// `io.want`: the digest of the data block for level 0, and for the number of levels the root digest.
    private int nearest(VerityIo io, long dataBlock) {
        final int levels = tree.levels();
        for (int level = 0; level < levels; level++) {
            final int slot = cache.find(tree.hashBlock(level, dataBlock));
            if (slot >= 0 && cache.state(slot) == HashCache.VERIFIED) {
                cache.digest(slot, tree.digestOffset(level, dataBlock), io.want);
                return level;
            }
        }
        System.arraycopy(params.rootDigest(), 0, io.want, 0, io.want.length);
        return levels;
    }

    /// Answers the slot; -1 when there is no bio or no slot now.
    private int startRead(long number, byte[] want, QueueContext q) {
        final int slot = cache.claim(number, want);
        if (slot < 0) {
            return -1;
        }
        cache.lead(scratch, slot);
        final Bio own = q.newBio(
                params.hashDev(), ReqOp.READ, 0, number * hashSectors, hashSectors, scratch, target.hashRead());
        if (own == null) {
            cache.free(slot);
            return -1;
        }
        VerityTarget.ioOf(own).slot = slot;
        q.submit(own);
        return slot;
    }

    /// A hash block has arrived.
    void hashRead(Bio own, QueueContext q) {
        final int slot = VerityTarget.ioOf(own).slot;
        final int status = own.status();
        if (status == 0) {
            hashHasher.digest(cache.memory(), cache.byteOffset(slot), digest);
        }
        if (status == 0 && cache.matches(slot, digest)) {
            trust(slot, q);
        } else {
            badHash(slot, status, q);
        }
        goOn(q);
    }

    private void trust(int slot, QueueContext q) {
        cache.state(slot, HashCache.VERIFIED);
        resumeAll(cache.takeWaiters(slot), q);
    }

    private void badHash(int slot, int status, QueueContext q) {
        if (!cache.awaited(slot)) {
            cache.free(slot); // only read ahead: whoever needs it reads it again
        } else if (params.fec() == null) {
            hashFailed(slot, status, q);
        } else {
            cache.state(slot, HashCache.REPAIRING);
            repair.add(slot, status, q);
        }
    }

    /// The hash block is bad and stays so: `status` is the error of its read, 0 when its digest is wrong.
    void hashFailed(int slot, int status, QueueContext q) {
        if (status == 0 && target.mismatch(VerityTarget.METADATA, cache.block(slot))) {
            trust(slot, q);
            return;
        }
        final VerityIo list = cache.takeWaiters(slot);
        cache.free(slot);
        for (VerityIo io = list; io != null; io = io.next) {
            io.failure = status == 0 ? EIO : status;
            io.mismatch = status == 0;
        }
        resumeAll(list, q);
    }

    /// The hash block was corrected.
    void hashCorrected(int slot, byte[] block, QueueContext q) {
        MemorySegment.copy(
                MemorySegment.ofArray(block), 0, cache.memory(), cache.byteOffset(slot), tree.hashBlockBytes());
        trust(slot, q);
    }

    HashCache cache() {
        return cache;
    }

    // ---- those that wait ----

    private void addNeedy(VerityIo io) {
        io.next = null;
        final VerityIo last = lastNeedy;
        if (last == null) {
            firstNeedy = io;
        } else {
            last.next = io;
        }
        lastNeedy = io;
    }

    /// An own bio is done or free: what waits for one, or for a slot, has its turn.
    void goOn(QueueContext q) {
        final VerityIo list = firstNeedy;
        firstNeedy = null;
        lastNeedy = null;
        resumeAll(list, q);
        repair.goOn(q);
    }

    private void resumeAll(@Nullable VerityIo list, QueueContext q) {
        VerityIo io = list;
        while (io != null) {
            final VerityIo next = io.next;
            io.next = null;
            resume(io, q);
            io = next;
        }
    }

    void resume(VerityIo io, QueueContext q) {
        if (repair.isLocator(io)) {
            repair.locate(q);
            return;
        }
        final Bio bio = bioOf(io);
        if (verify(io, q)) {
            q.complete(bio);
        }
    }

    void repairRead(Bio own, QueueContext q) {
        repair.arrived(own, q);
        goOn(q);
    }
}
