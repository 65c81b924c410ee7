package io.dmctl.targets.switching;

import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The path of each region, in as few bits as the number of paths needs: a table of a large device has 100 million
/// entries and more.
///
/// Thread rule: one control thread at a time writes, any I/O thread reads; a read finds the old path or the new one.
/// Off-heap, freed at [#close()].
///
/// @kernel drivers/md/dm-switch.c `struct switch_ctx`
final class RegionTable implements AutoCloseable {
    private static final VarHandle SLOT = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment slots;
    private final long regions;
    private final int paths;
    private final int entryBits;
    private final int entriesPerSlot;
    private final long mask;

    /// Begins round robin: region `i` on path `i mod paths`.
    ///
    /// @throws OutOfMemoryError when there is no room for the table
    RegionTable(long regions, int paths) {
        this.regions = regions;
        this.paths = paths;
        entryBits = Math.max(1, 32 - Integer.numberOfLeadingZeros(paths - 1));
        entriesPerSlot = Long.SIZE / entryBits;
        mask = (1L << entryBits) - 1;
        slots = arena.allocate(Math.multiplyExact(regions / entriesPerSlot + 1, Long.BYTES), Long.BYTES);
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

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
