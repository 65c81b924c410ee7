package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.HotPath;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Which chunks were copied, and to where: open addressing over primitives, 16 to 32 bytes an exception.
///
/// Thread rule: one writer; [#find] on any thread while nothing is removed.
///
/// @kernel drivers/md/dm-snap.c `struct dm_exception_table`
final class ExceptionTable {
    static final long NONE = -1;

    private static final int FIRST_SIZE = 64;
    private static final VarHandle KEYS = MethodHandles.arrayElementVarHandle(long[].class);

    /// Arrays of one size, replaced as a whole: a reader sees the ones or the others.
    private static final class Slots {
        /// Old chunk + 1; 0 is free.
        final long[] keys;
        final long[] newChunks;
        final int mask;

        Slots(int size) {
            keys = new long[size];
            newChunks = new long[size];
            mask = size - 1;
        }

        int home(long key) {
            return (int) ((key * 0x9e3779b97f4a7c15L) >>> 32) & mask;
        }
    }

    private volatile Slots slots = new Slots(FIRST_SIZE);
    private int size;

    ExceptionTable() {}

    int size() {
        return size;
    }

    /// Where `chunk` was copied to, or [#NONE].
    @HotPath
    long find(long chunk) {
        final Slots s = slots;
        final long key = chunk + 1;
        int i = s.home(key);
        while (true) {
            // Volatile, as a count in ChunkTracker is: a reader that is counted and does not see the
            // exception is seen.
            final long found = (long) KEYS.getVolatile(s.keys, i);
            if (found == key) {
                return s.newChunks[i];
            }
            if (found == 0) {
                return NONE;
            }
            i = (i + 1) & s.mask;
        }
    }

    void put(long chunk, long newChunk) {
        Slots s = slots;
        if (size >= s.keys.length / 4 * 3) {
            s = grown(s);
            slots = s;
        }
        if (insert(s, chunk + 1, newChunk)) {
            size++;
        }
    }

    private static Slots grown(Slots from) {
        final Slots to = new Slots(from.keys.length * 2);
        for (int i = 0; i < from.keys.length; i++) {
            if (from.keys[i] != 0) {
                insert(to, from.keys[i], from.newChunks[i]);
            }
        }
        return to;
    }

    private static boolean insert(Slots s, long key, long newChunk) {
        int i = s.home(key);
        while (s.keys[i] != 0 && s.keys[i] != key) {
            i = (i + 1) & s.mask;
        }
        final boolean isNew = s.keys[i] == 0;
        s.newChunks[i] = newChunk;
        KEYS.setVolatile(s.keys, i, key); // pairs with getVolatile in find
        return isNew;
    }

    /// Forgets `chunk`; only while no other thread looks. False when it was not there.
    boolean remove(long chunk) {
        final Slots s = slots;
        int hole = s.home(chunk + 1);
        while (s.keys[hole] != chunk + 1) {
            if (s.keys[hole] == 0) {
                return false;
            }
            hole = (hole + 1) & s.mask;
        }
        // What was put further on because this place was taken moves back.
        for (int i = (hole + 1) & s.mask; s.keys[i] != 0; i = (i + 1) & s.mask) {
            final int distance = (i - s.home(s.keys[i])) & s.mask;
            if (distance >= ((i - hole) & s.mask)) {
                s.keys[hole] = s.keys[i];
                s.newChunks[hole] = s.newChunks[i];
                hole = i;
            }
        }
        s.keys[hole] = 0;
        size--;
        return true;
    }
}
