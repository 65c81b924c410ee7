package io.dmctl.targets.mirror;

import org.jspecify.annotations.Nullable;

/// A first-in-first-out list of bios, through their own links. A bio is in one list at most.
final class IoList {
    private @Nullable MirrorIo head;
    private @Nullable MirrorIo tail;

    boolean isEmpty() {
        return head == null;
    }

    void add(MirrorIo io) {
        io.next = null;
        final MirrorIo last = tail;
        if (last == null) {
            head = io;
        } else {
            last.next = io;
        }
        tail = io;
    }

    @Nullable
    MirrorIo peek() {
        return head;
    }

    @Nullable
    MirrorIo poll() {
        final MirrorIo io = head;
        if (io != null) {
            head = io.next;
            if (head == null) {
                tail = null;
            }
            io.next = null;
        }
        return io;
    }

    /// Takes all that `other` has, in its order.
    void addAll(IoList other) {
        final MirrorIo first = other.head;
        if (first == null) {
            return;
        }
        final MirrorIo last = tail;
        if (last == null) {
            head = first;
        } else {
            last.next = first;
        }
        tail = other.tail;
        other.head = null;
        other.tail = null;
    }
}
