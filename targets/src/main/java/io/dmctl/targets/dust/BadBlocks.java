package io.dmctl.targets.dust;

import io.dmctl.targets.spi.HotPath;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The list of bad blocks: a sorted snapshot, replaced by each message that changes it.
///
/// Thread rule: messages come from one control thread at a time; I/O threads look into the snapshot and mend a block in
/// place. A mended block stays in the snapshot, as good, until the next change. So a write and a message that cross
/// cannot undo one another: both act on the same [BadBlock].
final class BadBlocks {
    private static final Snapshot EMPTY = new Snapshot(new long[0], new BadBlock[0]);

    private volatile Snapshot snapshot = EMPTY;

    /// Never changed once it is published, but for what becomes of its blocks.
    private static final class Snapshot {
        final long[] numbers;
        final BadBlock[] blocks;

        Snapshot(long[] numbers, BadBlock[] blocks) {
            this.numbers = numbers;
            this.blocks = blocks;
        }

        @HotPath
        @Nullable
        BadBlock find(long number) {
            final int at = Arrays.binarySearch(numbers, number);
            return at >= 0 && blocks[at].bad() ? blocks[at] : null;
        }

        /// The places of those that are still bad.
        IntStream bad() {
            return IntStream.range(0, numbers.length).filter(i -> blocks[i].bad());
        }
    }

    @HotPath
    boolean contains(long number) {
        return snapshot.find(number) != null;
    }

    @HotPath
    boolean writeFails(long number) {
        final BadBlock block = snapshot.find(number);
        return block != null && block.writeFails();
    }

    /// False when it is there already.
    boolean add(long number, int writeFails) {
        final Snapshot old = snapshot;
        if (old.find(number) != null) {
            return false;
        }
        final int[] kept = old.bad().toArray();
        final long[] numbers = new long[kept.length + 1];
        final BadBlock[] blocks = new BadBlock[kept.length + 1];
        int n = 0;
        while (n < kept.length && old.numbers[kept[n]] < number) {
            numbers[n] = old.numbers[kept[n]];
            blocks[n] = old.blocks[kept[n]];
            n++;
        }
        numbers[n] = number;
        blocks[n] = new BadBlock(writeFails);
        for (; n < kept.length; n++) {
            numbers[n + 1] = old.numbers[kept[n]];
            blocks[n + 1] = old.blocks[kept[n]];
        }
        snapshot = new Snapshot(numbers, blocks);
        return true;
    }

    /// False when it is not there.
    boolean remove(long number) {
        final BadBlock block = snapshot.find(number);
        return block != null && block.remove();
    }

    /// Empties the list; false when it was empty.
    boolean clear() {
        final Snapshot old = snapshot;
        snapshot = EMPTY;
        return Arrays.stream(old.blocks).filter(BadBlock::remove).count() > 0;
    }

    /// In ascending order.
    long[] numbers() {
        final Snapshot s = snapshot;
        return s.bad().mapToLong(i -> s.numbers[i]).toArray();
    }
}
