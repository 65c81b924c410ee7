package io.dmctl.targets.switching;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The path of each region, in as few bits as the number of paths needs: a table of a large device has 100
/// million entries and more.
///
/// Thread rule: one control thread at a time writes, any I/O thread reads; a read finds the old path or the
/// new one. Off-heap, in memory that survives the process: a write is kept as soon as it is done.
///
/// @kernel drivers/md/dm-switch.c `struct switch_ctx`
final class RegionTable {
    private static final VarHandle SLOT = ValueLayout.JAVA_LONG.varHandle();
    /// Behind the last slot, once the table is not new any more.
    private static final long FILLED = 1;

    private final MemorySegment slots;
    private final long regions;
    private final int paths;
    private final int entryBits;
    private final int entriesPerSlot;
    private final long mask;

    /// As it was left where the target is recovered; a new one begins round robin: region `i` on path `i
    /// mod paths`.
    ///
    /// @throws OutOfMemoryError when there is no room for the table
    /// @throws TargetException as that
    RegionTable(TargetContext ti, long regions, int paths) throws TargetException {
        this.regions = regions;
        this.paths = paths;
        entryBits = Math.max(1, 32 - Integer.numberOfLeadingZeros(paths - 1));
        entriesPerSlot = Long.SIZE / entryBits;
        mask = (1L << entryBits) - 1;
        final long tableBytes = Math.multiplyExact(regions / entriesPerSlot + 1, Long.BYTES);
        slots = ti.survivingState("regions", tableBytes + Long.BYTES);
        if ((long) SLOT.getVolatile(slots, tableBytes) != FILLED) {
            fill();
            SLOT.setVolatile(slots, tableBytes, FILLED);
        }
    }

    private void fill() {
        int path = 0;
        for (long region = 0; region < regions; region++) {
            write(region, path);
            path = path + 1 == paths ? 0 : path + 1;
        }
    }

    long regions() {
        return regions;
    }

    int paths() {
        return paths;
    }

    @HotPath
    int read(long region) {
        final long slot = (long) SLOT.getOpaque(slots, region / entriesPerSlot * Long.BYTES);
        return (int) (slot >>> shift(region) & mask);
    }

    void write(long region, int path) {
        final long at = region / entriesPerSlot * Long.BYTES;
        final int shift = shift(region);
        final long kept = (long) SLOT.getOpaque(slots, at) & ~(mask << shift);
        // Opaque, so that a reader finds whole slots. No order is needed: an entry stands for itself.
        SLOT.setOpaque(slots, at, kept | (long) path << shift);
    }

    private int shift(long region) {
        return (int) (region % entriesPerSlot) * entryBits;
    }
}
