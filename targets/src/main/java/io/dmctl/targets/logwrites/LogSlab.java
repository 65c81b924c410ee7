package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A piece of the log's memory: blocks are given out one behind the other, and all come back before it is used
/// again.
@HotPath
final class LogSlab {
    /// Holds the largest entry twice.
    static final int BYTES = 2 << 20;

    private static final int BLOCKS = 1024;
    private static final int ALIGNMENT = 4096;

    final MemorySegment memory;
    final Data data;
    private final LogBlock[] blocks = new LogBlock[BLOCKS];
    private int usedBytes;
    private int usedBlocks;
    private int live;

    @Nullable
    LogSlab next;

    LogSlab(Arena arena) {
        memory = arena.allocate(BYTES, ALIGNMENT);
        data = Data.of(memory);
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = new LogBlock(this);
        }
    }

    /// A block of `bytes`; null when there is no room.
    @Nullable
    LogBlock take(int bytes) {
        if (usedBlocks == BLOCKS || usedBytes + bytes > BYTES) {
            return null;
        }
        final LogBlock block = blocks[usedBlocks++];
        block.offsetBytes = usedBytes;
        block.lenBytes = bytes;
        usedBytes += bytes;
        live++;
        return block;
    }

    /// Gives one block back; true when it was the last one, and the slab is as new.
    boolean giveBack() {
        if (--live > 0) {
            return false;
        }
        usedBytes = 0;
        usedBlocks = 0;
        return true;
    }
}
