package io.dmctl.targets.core;

import java.util.function.BooleanSupplier;

/// Time, and how a control thread waits for the I/O threads. In the real thing a lock and the clock; in tests one
/// seeded scheduler that
/// runs every I/O thread itself, so that a wait makes the others go on and a deadlock is seen at once.
public interface Scheduler {
    /// Monotonic, ns.
    long nowNs();

    /// Waits until `done`, which is asked again after each [#signal]. False: given up, because the calling thread was
    /// interrupted.
    boolean await(BooleanSupplier done);

    /// What somebody waits for may have changed. From any thread.
    void signal();
}
