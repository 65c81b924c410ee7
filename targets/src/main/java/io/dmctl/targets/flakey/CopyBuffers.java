package io.dmctl.targets.flakey;

import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A [CopyBuffer] for each I/O thread, made when it is first needed. Freed at [#close()].
///
/// Thread rule: [#of] with the caller's own index; its answer is for that thread.
final class CopyBuffers implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final AtomicReference<@Nullable CopyBuffer[]> byThread = new AtomicReference<>(new CopyBuffer[0]);

    @HotPath
    CopyBuffer of(int threadIndex) {
        final @Nullable CopyBuffer[] all = byThread.get();
        final CopyBuffer there = threadIndex < all.length ? all[threadIndex] : null;
        return there != null ? there : make(threadIndex);
    }

    private CopyBuffer make(int threadIndex) {
        final CopyBuffer made = new CopyBuffer(arena);
        @Nullable CopyBuffer[] all;
        @Nullable CopyBuffer[] more;
        do {
            all = byThread.get();
            more = Arrays.copyOf(all, Math.max(all.length, threadIndex + 1));
            more[threadIndex] = made;
        } while (!byThread.compareAndSet(all, more));
        return made;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
