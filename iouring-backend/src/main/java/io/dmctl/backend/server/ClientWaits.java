package io.dmctl.backend.server;

import io.dmctl.targets.core.TableException;
import java.util.ArrayList;
import java.util.List;

/// Commands that wait for a device's I/O or events, and for whom: when the client has gone, the wait ends with EINTR
/// and the device goes on, as the kernel's does when a signal ends the caller.
///
/// Thread rule: [#run] on the thread that serves the client, [#endThoseOfTheGone] on any.
final class ClientWaits {
    /// How a waiting command learns that its client has gone.
    @FunctionalInterface
    interface Hangup {
        boolean isGone();
    }

    /// What may wait, and does nothing else that an interrupt would hurt.
    @FunctionalInterface
    interface Step {
        void run() throws TableException;
    }

    private record Wait(Thread thread, Hangup client) {}

    private final List<Wait> waits = new ArrayList<>();

    /// @throws TableException of `step`'s, EINTR when the client has gone
    void run(Hangup client, Step step) throws TableException {
        final Wait wait = new Wait(Thread.currentThread(), client);
        synchronized (this) {
            waits.add(wait);
        }
        try {
            step.run();
        } finally {
            synchronized (this) {
                waits.remove(wait);
                Thread.interrupted(); // what came too late is about nothing any more
            }
        }
    }

    /// To be called from time to time.
    synchronized void endThoseOfTheGone() {
        for (Wait wait : waits) {
            if (wait.client.isGone()) {
                wait.thread.interrupt();
            }
        }
    }
}
