package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// Bios that wait, in order; linked through [SnapIo#next].
@HotPath
final class IoList {
    private @Nullable SnapIo first;
    private @Nullable SnapIo last;

    IoList() {}

    void add(SnapIo io) {
        io.next = null;
        final SnapIo before = last;
        if (before == null) {
            first = io;
        } else {
            before.next = io;
        }
        last = io;
    }

    @Nullable
    SnapIo poll() {
        final SnapIo io = first;
        if (io != null) {
            first = io.next;
            io.next = null;
            if (first == null) {
                last = null;
            }
        }
        return io;
    }

    boolean isEmpty() {
        return first == null;
    }

    /// Moves all of `from` to the end.
    void takeAll(IoList from) {
        SnapIo io;
        while ((io = from.poll()) != null) {
            add(io);
        }
    }
}
