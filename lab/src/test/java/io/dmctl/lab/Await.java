package io.dmctl.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits for what happens in another process, where nothing tells of it.
public final class Await {
    private static final long LOOK_EVERY_NS = 1_000_000;

    private Await() {}

    /// A condition that may look at files.
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /// Returns once the condition holds; fails the test after `bound`.
    public static void until(String what, Duration bound, Condition condition) throws Exception {
        final long end = System.nanoTime() + bound.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + bound + ": " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }
}
