package io.dmctl.backend.transport;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// A first-in-first-out list through the operations' own links. One thread.
@HotPath
final class NbdOpQueue {
    private @Nullable NbdOp head;
    private @Nullable NbdOp tail;

    boolean isEmpty() {
        return head == null;
    }

    void add(NbdOp op) {
        op.next = null;
        final NbdOp last = tail;
        if (last == null) {
            head = op;
        } else {
            last.next = op;
        }
        tail = op;
    }

    @Nullable
    NbdOp poll() {
        final NbdOp op = head;
        if (op != null) {
            head = op.next;
            op.next = null;
            if (head == null) {
                tail = null;
            }
        }
        return op;
    }
}
