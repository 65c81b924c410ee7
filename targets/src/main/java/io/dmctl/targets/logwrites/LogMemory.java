package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The memory of one log, at most [#MAX_BYTES]: slabs, made when they are needed first and kept until [#close].
/// Owned by the log's domain; closed by the control thread when the domain is idle.
@HotPath
final class LogMemory implements AutoCloseable {
    /// What was written and not flushed waits here, at most this much.
    static final int MAX_BYTES = 64 << 20;

    private final Arena arena = Arena.ofShared();
    private @Nullable LogSlab current;
    private @Nullable LogSlab free;
    private int slabs;

    /// Zeroed memory beside the slabs, valid until [#close].
    MemorySegment allocate(int bytes, int alignment) {
        return arena.allocate(bytes, alignment);
    }

    /// A block of `bytes`, at most a slab; null when the memory is used up.
    @Nullable
    LogBlock take(int bytes) {
        final LogSlab now = current;
        final LogBlock block = now == null ? null : now.take(bytes);
        if (block != null) {
            return block;
        }
        final LogSlab fresh = fresh();
        if (fresh == null) {
            return null;
        }
        current = fresh;
        return fresh.take(bytes);
    }

    private @Nullable LogSlab fresh() {
        final LogSlab slab = free;
        if (slab != null) {
            free = slab.next;
            slab.next = null;
            return slab;
        }
        if ((slabs + 1L) * LogSlab.BYTES > MAX_BYTES) {
            return null;
        }
        slabs++;
        return new LogSlab(arena); // a few times in the life of a log
    }

    void giveBack(LogBlock block) {
        final LogSlab slab = block.slab;
        if (slab.giveBack() && slab != current) {
            slab.next = free;
            free = slab;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
