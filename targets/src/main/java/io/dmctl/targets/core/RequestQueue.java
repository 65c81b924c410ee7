package io.dmctl.targets.core;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// A first-in-first-out list through the requests' own links. One thread.
@HotPath
final class RequestQueue {
    private @Nullable Request head;
    private @Nullable Request tail;

    boolean isEmpty() {
        return head == null;
    }

    void add(Request request) {
        request.next = null;
        final Request last = tail;
        if (last == null) {
            head = request;
        } else {
            last.next = request;
        }
        tail = request;
    }

    @Nullable
    Request poll() {
        final Request request = head;
        if (request != null) {
            head = request.next;
            if (head == null) {
                tail = null;
            }
            request.next = null;
        }
        return request;
    }
}
