package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Data;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// One area of exceptions in memory: entries of an old and a new chunk, little-endian; a new chunk of 0, which
/// would be the header, ends them.
///
/// @kernel drivers/md/dm-snap-persistent.c `struct disk_exception`
final class ExceptionArea {
    private static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final Data data;
    private int used;

    /// `bytes` is one chunk; its owner must outlive this.
    ExceptionArea(MemorySegment bytes) {
        this.bytes = bytes;
        this.data = Data.of(bytes);
    }

    MemorySegment bytes() {
        return bytes;
    }

    Data data() {
        return data;
    }

    /// Entries in use.
    int used() {
        return used;
    }

    int capacity() {
        return (int) (bytes.byteSize() / CowLayout.ENTRY_BYTES);
    }

    boolean isFull() {
        return used == capacity();
    }

    long oldChunk(int entry) {
        return bytes.get(LE64, (long) entry * CowLayout.ENTRY_BYTES);
    }

    long newChunk(int entry) {
        return bytes.get(LE64, (long) entry * CowLayout.ENTRY_BYTES + 8);
    }

    void append(long oldChunk, long newChunk) {
        set(used++, oldChunk, newChunk);
    }

    private void set(int entry, long oldChunk, long newChunk) {
        bytes.set(LE64, (long) entry * CowLayout.ENTRY_BYTES, oldChunk);
        bytes.set(LE64, (long) entry * CowLayout.ENTRY_BYTES + 8, newChunk);
    }

    /// Counts the entries of what was read into [#bytes]. A merge that a crash tore can leave entries behind
    /// the end:
    /// they were merged, and must not come back when the ones before them are filled again.
    void scan() {
        used = 0;
        while (used < capacity() && newChunk(used) != 0) {
            used++;
        }
        bytes.asSlice((long) used * CowLayout.ENTRY_BYTES).fill((byte) 0);
    }

    /// All entries are in use: what was read is an area that others follow.
    void full() {
        used = capacity();
    }

    void clear() {
        used = 0;
        bytes.fill((byte) 0);
    }

    /// How many of the last entries continue one another backwards, in both chunks.
    int lastRun() {
        final long lastOld = oldChunk(used - 1);
        final long lastNew = newChunk(used - 1);
        int run = 1;
        while (run < used && oldChunk(used - 1 - run) == lastOld - run && newChunk(used - 1 - run) == lastNew - run) {
            run++;
        }
        return run;
    }

    /// Takes the last `count` entries away.
    void dropLast(int count) {
        for (int i = 0; i < count; i++) {
            set(--used, 0, 0);
        }
    }
}
