package io.dmctl.targets.flakey;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Holds the changed bytes of one WRITE on its way. Grows to what is needed and stays so. One thread's own; the arena's
/// owner frees it.
final class CopyBuffer {
    /// More than any device's alignment.
    private static final long ALIGNMENT_BYTES = 4096;

    private final Arena arena;
    private MemorySegment bytes = MemorySegment.NULL;
    private Data data = Data.NONE;
    private boolean busy;

    CopyBuffer(Arena arena) {
        this.arena = arena;
    }

    boolean busy() {
        return busy;
    }

    /// Takes the bytes of `bio`, which are in `from`, and leads the bio to them.
    @HotPath
    MemorySegment take(Bio bio, MemorySegment from) {
        final long length = (long) bio.sectors() << 9;
        if (length > bytes.byteSize()) {
            grow(length);
        }
        MemorySegment.copy(from, bio.data().offsetBytes(), bytes, 0, length);
        bio.data().set(data, 0);
        busy = true;
        return bytes;
    }

    private void grow(long length) {
        bytes = arena.allocate(Long.highestOneBit(2 * length - 1), ALIGNMENT_BYTES);
        data = Data.of(bytes);
    }

    void release() {
        busy = false;
    }
}
