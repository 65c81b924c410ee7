package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.HotPath;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// I/O that is on its way to chunks of the origin which are about to be redirected. Chunks share slots: more is
/// waited for than need be, never less.
///
/// A queue enters the slot, then looks whether there is an exception by now. The domain blocks the slot,
/// publishes the exception, then looks whether somebody is in. One of them sees the other, and a blocked slot
/// takes nobody in, so that it empties.
///
/// Thread rule: [#enter] and [#leave] on any thread, [#block] and [#unblock] on the domain's.
///
/// @kernel drivers/md/dm-snap.c `track_chunk` `__check_for_conflicting_io`
@HotPath
final class ChunkTracker {
    private static final int SLOTS = 1 << 12;

    private final AtomicIntegerArray inside = new AtomicIntegerArray(SLOTS);
    private final AtomicIntegerArray blocks = new AtomicIntegerArray(SLOTS);

    ChunkTracker() {}

    static int slot(long chunk) {
        return (int) ((chunk * 0x9e3779b97f4a7c15L) >>> 40) & (SLOTS - 1);
    }

    /// False: the slot is blocked; the caller is in all the same, and must leave.
    boolean enter(int slot) {
        inside.incrementAndGet(slot);
        return blocks.get(slot) == 0;
    }

    /// True: the domain may wait for this.
    boolean leave(int slot) {
        return inside.decrementAndGet(slot) == 0 && blocks.get(slot) != 0;
    }

    void block(int slot) {
        blocks.incrementAndGet(slot);
    }

    void unblock(int slot) {
        blocks.decrementAndGet(slot);
    }

    boolean isBlocked(int slot) {
        return blocks.get(slot) != 0;
    }

    boolean isEmpty(int slot) {
        return inside.get(slot) == 0;
    }
}
