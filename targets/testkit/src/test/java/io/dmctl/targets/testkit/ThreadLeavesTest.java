package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.ThreadScheduler;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A queue of one device joins every device of its group, and leaves them with its own.
class ThreadLeavesTest {
    private static final int COLLECTIONS = 100;

    @Test
    void aDeviceThatLivesOnKeepsNothingOfAThreadThatLeft() throws Exception {
        final IoGroup group = new IoGroup(new ThreadScheduler(), index -> {
            throw new IllegalStateException("no domain here");
        });
        final MappedDevice device = group.create("lives on");
        final WeakReference<LoopIoThread> thread = comeAndGo(group);
        for (int i = 0; i < COLLECTIONS && thread.get() != null; i++) {
            System.gc();
        }
        assertNull(thread.get(), "the thread's bios are still held");
        assertEquals(0, device.busyBios());
    }

    private static WeakReference<LoopIoThread> comeAndGo(IoGroup group) {
        try (LoopIoThread thread = new LoopIoThread(group.newThreadIndex()).start()) {
            final CompletableFuture<Boolean> left = new CompletableFuture<>();
            thread.execute(() -> {
                group.join(thread);
                group.leave(thread);
                left.complete(true);
            });
            left.join();
            return new WeakReference<>(thread);
        }
    }
}
