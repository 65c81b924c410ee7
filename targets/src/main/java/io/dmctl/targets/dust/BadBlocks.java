package io.dmctl.targets.dust;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The list of bad blocks, and whether they fail: in memory that survives the process. A block is a word:
/// its number, and how many writes are left to fail plus one; no writes left is a free word. So each change
/// of a block is one store.
///
/// Where a block's word is tells a sorted snapshot, replaced by each message that changes the list. A block
/// that a write mended stays in the snapshot, as good, until the next change.
///
/// Thread rule: messages come from one control thread at a time; I/O threads look into the snapshot and
/// mend a block in place. A write and a message that cross cannot undo one another: both act on the same
/// word.
final class BadBlocks {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();
    private static final int LEFT_BITS = 9;
    private static final long LEFT_MASK = (1 << LEFT_BITS) - 1;
    private static final int CHUNK_SHIFT = 12;
    private static final long CHUNK_BYTES = (long) Long.BYTES << CHUNK_SHIFT;
    private static final long FREE = 0;

    // The head's words.
    private static final long HEAD_BYTES = 24;
    private static final long FAIL_READS_AT = 0;
    private static final long QUIET_AT = 8;
    private static final long CHUNKS_AT = 16;

    private final TargetContext ti;
    private final MemorySegment head;
    private volatile Snapshot snapshot;
    private volatile boolean failReads;
    private volatile boolean quiet;

    /// Sorted by number. Never changed once it is published, but for what is in its words.
    private static final class Snapshot {
        final long[] numbers;
        final int[] places;
        final MemorySegment[] chunks;

        Snapshot(long[] numbers, int[] places, MemorySegment[] chunks) {
            this.numbers = numbers;
            this.places = places;
            this.chunks = chunks;
        }

        /// The place of `number`, or -1.
        @HotPath
        int find(long number) {
            final int at = Arrays.binarySearch(numbers, number);
            return at >= 0 && isBad(at) ? places[at] : -1;
        }

        private boolean isBad(int at) {
            final long word = word(chunks, places[at]);
            return word >>> LEFT_BITS == numbers[at] && (word & LEFT_MASK) != 0;
        }

        /// The indexes of those that are still bad.
        IntStream bad() {
            return IntStream.range(0, numbers.length).filter(this::isBad);
        }
    }

    /// As the list was left where the target is recovered, empty where it is new.
    BadBlocks(TargetContext ti) throws TargetException {
        this.ti = ti;
        head = ti.survivingState("list", HEAD_BYTES);
        failReads = (long) WORD.get(head, FAIL_READS_AT) != 0;
        quiet = (long) WORD.get(head, QUIET_AT) != 0;
        final MemorySegment[] chunks = new MemorySegment[(int) (long) WORD.get(head, CHUNKS_AT)];
        final TreeMap<Long, Integer> found = new TreeMap<>();
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = chunk(i);
        }
        for (int place = 0; place < chunks.length << CHUNK_SHIFT; place++) {
            final long word = word(chunks, place);
            if ((word & LEFT_MASK) != 0) {
                found.put(word >>> LEFT_BITS, place);
            }
        }
        snapshot = new Snapshot(
                found.keySet().stream().mapToLong(n -> n).toArray(),
                found.values().stream().mapToInt(p -> p).toArray(),
                chunks);
    }

    private MemorySegment chunk(int index) throws TargetException {
        return ti.survivingState("blocks" + index, CHUNK_BYTES);
    }

    private static long at(int place) {
        return (long) (place & (1 << CHUNK_SHIFT) - 1) * Long.BYTES;
    }

    private static long word(MemorySegment[] chunks, int place) {
        return (long) WORD.getVolatile(chunks[place >>> CHUNK_SHIFT], at(place));
    }

    // ---- what is done with them ----

    @HotPath
    boolean failReads() {
        return failReads;
    }

    void failReads(boolean on) {
        WORD.setVolatile(head, FAIL_READS_AT, on ? 1L : 0L);
        failReads = on;
    }

    boolean quiet() {
        return quiet;
    }

    void quiet(boolean on) {
        WORD.setVolatile(head, QUIET_AT, on ? 1L : 0L);
        quiet = on;
    }

    // ---- the list ----

    @HotPath
    boolean contains(long number) {
        return snapshot.find(number) >= 0;
    }

    /// A write arrives: does it fail? If not, the block is good from here on.
    @HotPath
    boolean writeFails(long number) {
        final Snapshot s = snapshot;
        final int place = s.find(number);
        if (place < 0) {
            return false;
        }
        final MemorySegment chunk = s.chunks[place >>> CHUNK_SHIFT];
        while (true) {
            final long word = (long) WORD.getVolatile(chunk, at(place));
            final long left = word & LEFT_MASK;
            if (word >>> LEFT_BITS != number || left == 0) {
                return false; // removed meanwhile
            }
            if (WORD.compareAndSet(chunk, at(place), word, left == 1 ? FREE : word - 1)) {
                return left > 1;
            }
        }
    }

    /// False when it is there already.
    ///
    /// @throws TargetException ENOMEM when there is no room for it
    boolean add(long number, int writeFails) throws TargetException {
        final Snapshot old = snapshot;
        if (old.find(number) >= 0) {
            return false;
        }
        final int[] kept = old.bad().toArray();
        final BitSet used = new BitSet();
        Arrays.stream(kept).forEach(i -> used.set(old.places[i]));
        final int place = used.nextClearBit(0);
        final MemorySegment[] chunks = place >>> CHUNK_SHIFT < old.chunks.length ? old.chunks : withOneMore(old.chunks);
        final long[] numbers = new long[kept.length + 1];
        final int[] places = new int[kept.length + 1];
        int n = 0;
        for (; n < kept.length && old.numbers[kept[n]] < number; n++) {
            numbers[n] = old.numbers[kept[n]];
            places[n] = old.places[kept[n]];
        }
        numbers[n] = number;
        places[n] = place;
        for (; n < kept.length; n++) {
            numbers[n + 1] = old.numbers[kept[n]];
            places[n + 1] = old.places[kept[n]];
        }
        WORD.setVolatile(chunks[place >>> CHUNK_SHIFT], at(place), (number << LEFT_BITS) | (writeFails + 1));
        snapshot = new Snapshot(numbers, places, chunks);
        return true;
    }

    private MemorySegment[] withOneMore(MemorySegment[] chunks) throws TargetException {
        final MemorySegment[] more = Arrays.copyOf(chunks, chunks.length + 1);
        more[chunks.length] = chunk(chunks.length);
        WORD.setVolatile(head, CHUNKS_AT, (long) more.length);
        return more;
    }

    /// False when it is not there.
    boolean remove(long number) {
        final Snapshot s = snapshot;
        final int place = s.find(number);
        return place >= 0 && free(s, place);
    }

    private static boolean free(Snapshot s, int place) {
        final long was = (long) WORD.getAndSet(s.chunks[place >>> CHUNK_SHIFT], at(place), FREE);
        return (was & LEFT_MASK) != 0;
    }

    /// Empties the list; false when it was empty.
    boolean clear() {
        final Snapshot old = snapshot;
        final boolean any = Arrays.stream(old.places).filter(p -> free(old, p)).count() > 0;
        snapshot = new Snapshot(new long[0], new int[0], old.chunks);
        return any;
    }

    /// In ascending order.
    long[] numbers() {
        final Snapshot s = snapshot;
        return s.bad().mapToLong(i -> s.numbers[i]).toArray();
    }
}
