package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// Pending exceptions in order, linked through [Pending#next].
@HotPath
final class PendingQueue {
    private @Nullable Pending first;
    private @Nullable Pending last;

    PendingQueue() {}

    void add(Pending p) {
        p.next = null;
        final Pending before = last;
        if (before == null) {
            first = p;
        } else {
            before.next = p;
        }
        last = p;
    }

    @Nullable
    Pending peek() {
        return first;
    }

    @Nullable
    Pending poll() {
        final Pending p = first;
        if (p != null) {
            first = p.next;
            p.next = null;
            if (first == null) {
                last = null;
            }
        }
        return p;
    }

    boolean isEmpty() {
        return first == null;
    }
}
