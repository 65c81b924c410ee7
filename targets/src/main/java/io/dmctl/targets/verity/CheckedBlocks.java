package io.dmctl.targets.verity;

import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// One bit a data block: it was found good once and is not checked again. Any thread sets and reads.
///
/// Off-heap: the largest device takes 256 MiB.
///
/// @kernel drivers/md/dm-verity-target.c `validated_blocks`
@HotPath
final class CheckedBlocks {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment bits;

    /// `blocks` are at most 2^31 - 1; the memory belongs to `arena`.
    CheckedBlocks(long blocks, Arena arena) {
        bits = arena.allocate((blocks + Long.SIZE - 1) / Long.SIZE * Long.BYTES, Long.BYTES);
    }

    boolean has(long block) {
        final long word = (long) WORD.getAcquire(bits, block / Long.SIZE * Long.BYTES); // pairs with add
        return (word & (1L << block)) != 0;
    }

    /// False when it was there already.
    boolean add(long block) {
        final long bit = 1L << block;
        final long before = (long) WORD.getAndBitwiseOrRelease(bits, block / Long.SIZE * Long.BYTES, bit);
        return (before & bit) == 0;
    }
}
