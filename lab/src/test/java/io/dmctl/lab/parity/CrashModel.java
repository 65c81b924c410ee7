package io.dmctl.lab.parity;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What a device may hold after a crash: what was durable, or what was written since.
final class CrashModel {
    private final MemorySegment initial;
    private final List<Op> done = new ArrayList<>();
    /// How many operations were done at each flush or FUA write, which all earlier ones of the device came before.
    private final List<Integer> durable = new ArrayList<>();

    CrashModel(MemorySegment initial) {
        this.initial = initial;
    }

    void add(Op op) {
        done.add(op);
    }

    /// All operations so far are durable: a flush has ended.
    void flushed() {
        durable.add(done.size());
    }

    /// The first sector that holds neither what was durable at the last of `flushes` nor what was written after; -1:
    /// none.
    long firstWrong(MemorySegment found, int flushes, Arena arena) {
        final int kept = flushes == 0 ? 0 : durable.get(flushes - 1);
        final MemorySegment expected = arena.allocate(initial.byteSize(), 8);
        expected.copyFrom(initial);
        for (Op op : done.subList(0, kept)) {
            apply(op, expected);
        }
        for (long at = 0; at < found.byteSize(); ) {
            final long wrong = expected.asSlice(at).mismatch(found.asSlice(at));
            if (wrong < 0) {
                return -1;
            }
            final long sector = (at + wrong) >> BlockIo.SECTOR_SHIFT;
            if (!isLater(found, sector, done.subList(kept, done.size()), arena)) {
                return sector;
            }
            at = (sector + 1) << BlockIo.SECTOR_SHIFT;
        }
        return -1;
    }

    private static boolean isLater(MemorySegment found, long sector, List<Op> later, Arena arena) {
        final MemorySegment there = found.asSlice(sector << BlockIo.SECTOR_SHIFT, 512);
        for (Op op : later) {
            if (op.changes() && op.sector() <= sector && sector < op.sector() + op.sectors()) {
                final MemorySegment bytes = arena.allocate((long) op.sectors() << BlockIo.SECTOR_SHIFT, 8);
                op.fill(bytes);
                if (bytes.asSlice((sector - op.sector()) << BlockIo.SECTOR_SHIFT, 512)
                                .mismatch(there)
                        < 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void apply(Op op, MemorySegment image) {
        if (op.changes()) {
            op.fill(image.asSlice(op.sector() << BlockIo.SECTOR_SHIFT, (long) op.sectors() << BlockIo.SECTOR_SHIFT));
        }
    }
}
