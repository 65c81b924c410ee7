package io.dmctl.targets.verity;

import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.verity.tree.HashTree;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The hash blocks that one I/O thread has at hand: a bounded number, found by their number, of which one that was not
/// asked for lately gives way. A verified block stays verified; its digests are trusted without its parents.
///
/// Confined to that thread. The memory belongs to the target's arena. Allocates nothing after construction.
@HotPath
final class HashCache {
    /// A slot holds no block.
    static final byte FREE = 0;
    /// The block is being read.
    static final byte READING = 1;
    /// The block is as it should be, or is to be used all the same.
    static final byte VERIFIED = 2;
    /// The block is bad and waits to be corrected.
    static final byte REPAIRING = 3;

    private static final int CACHE_BYTES = 4 << 20;
    private static final int FEWEST_SLOTS = 16;
    private static final int PAGE = 4096;
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L; // 2^64 / golden ratio: spreads neighbours

    private final int hashBlockBytes;
    private final int digestBytes;
    private final MemorySegment memory;
    private final Data data;
    private final long[] block;
    private final byte[] state;
    private final boolean[] used;
    private final byte[] wants;
    private final @Nullable VerityIo[] waiters;
    private final int[] bucket;
    private final int[] chain;
    private final int bucketShift;
    private int hand;

    HashCache(HashTree tree, Arena arena) {
        hashBlockBytes = tree.hashBlockBytes();
        digestBytes = tree.digestBytes();
        final long most = Math.max(FEWEST_SLOTS, CACHE_BYTES / hashBlockBytes);
        final int slots = (int) Math.min(most, tree.endBlock() - tree.startBlock());
        memory = arena.allocate((long) slots * hashBlockBytes, PAGE);
        data = Data.of(memory);
        block = new long[slots];
        state = new byte[slots];
        used = new boolean[slots];
        wants = new byte[slots * digestBytes];
        waiters = new VerityIo[slots];
        chain = new int[slots];
        final int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, slots));
        bucketShift = Long.SIZE - bits;
        bucket = new int[1 << bits];
        Arrays.fill(bucket, -1);
    }

    /// The slot of hash block `number`, or -1.
    int find(long number) {
        int slot = bucket[bucketOf(number)];
        while (slot >= 0 && block[slot] != number) {
            slot = chain[slot];
        }
        return slot;
    }

    /// A slot for hash block `number`, READING; -1 when all of them are being read. `want` is the digest it must have.
    int claim(long number, byte[] want) {
        for (int tries = 2 * block.length; tries > 0; tries--) {
            final int slot = hand;
            hand = slot + 1 == block.length ? 0 : slot + 1;
            if (state[slot] == FREE || (state[slot] == VERIFIED && !used[slot])) {
                free(slot);
                put(slot, number, want);
                return slot;
            }
            used[slot] = false;
        }
        return -1;
    }

    private void put(int slot, long number, byte[] want) {
        block[slot] = number;
        state[slot] = READING;
        used[slot] = true;
        System.arraycopy(want, 0, wants, slot * digestBytes, digestBytes);
        final int b = bucketOf(number);
        chain[slot] = bucket[b];
        bucket[b] = slot;
    }

    /// Forgets the block.
    void free(int slot) {
        if (state[slot] == FREE) {
            return;
        }
        state[slot] = FREE;
        final int b = bucketOf(block[slot]);
        if (bucket[b] == slot) {
            bucket[b] = chain[slot];
            return;
        }
        int before = bucket[b];
        while (chain[before] != slot) {
            before = chain[before];
        }
        chain[before] = chain[slot];
    }

    /// Forgets all blocks but those that are being read.
    void clear() {
        for (int slot = 0; slot < state.length; slot++) {
            if (state[slot] == VERIFIED) {
                free(slot);
            }
        }
    }

    private int bucketOf(long number) {
        return (int) ((number * MULTIPLIER) >>> bucketShift);
    }

    byte state(int slot) {
        return state[slot];
    }

    void state(int slot, byte now) {
        state[slot] = now;
    }

    long block(int slot) {
        return block[slot];
    }

    /// Copies the digest at `offsetBytes` of the block to `digest`.
    void digest(int slot, int offsetBytes, byte[] digest) {
        used[slot] = true;
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, byteOffset(slot) + offsetBytes, digest, 0, digestBytes);
    }

    /// Is `digest` the one that the block must have?
    boolean matches(int slot, byte[] digest) {
        final int at = slot * digestBytes;
        return Arrays.equals(wants, at, at + digestBytes, digest, 0, digestBytes);
    }

    /// Copies the digest that the block must have to `digest`.
    void want(int slot, byte[] digest) {
        System.arraycopy(wants, slot * digestBytes, digest, 0, digestBytes);
    }

    MemorySegment memory() {
        return memory;
    }

    long byteOffset(int slot) {
        return (long) slot * hashBlockBytes;
    }

    /// Leads `to` to the slot's memory.
    void lead(Data to, int slot) {
        to.set(data, byteOffset(slot));
    }

    void await(int slot, VerityIo io) {
        io.next = waiters[slot];
        waiters[slot] = io;
    }

    boolean awaited(int slot) {
        return waiters[slot] != null;
    }

    /// `io` does not wait for the slot any more. False: it did not.
    boolean removeWaiter(int slot, VerityIo io) {
        VerityIo before = null;
        for (VerityIo w = waiters[slot]; w != null; w = w.next) {
            if (w == io) {
                if (before == null) {
                    waiters[slot] = w.next;
                } else {
                    before.next = w.next;
                }
                w.next = null;
                return true;
            }
            before = w;
        }
        return false;
    }

    /// Those that wait for the slot, as a list; none waits any more.
    @Nullable
    VerityIo takeWaiters(int slot) {
        final VerityIo list = waiters[slot];
        waiters[slot] = null;
        return list;
    }
}
