package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import java.lang.foreign.ValueLayout;

/// An eventfd by which other threads wake one that waits on its ring, with the 8 bytes that its read needs. Owned by
/// the waiting thread;
/// [#signal] from any.
public final class EventFd implements AutoCloseable {
    private static final long ONE_OFFSET = Long.BYTES;

    private final Fd fd;
    private final Mapping memory;

    private EventFd(Fd fd, Mapping memory) {
        this.fd = fd;
        this.memory = memory;
    }

    public static EventFd open() throws ErrnoException {
        final int fd = ErrnoException.check(
                "eventfd2", "wake-up", (int) Sys.call(Libc.SYS_eventfd2(), 0, Libc.EFD_CLOEXEC(), 0));
        try {
            final Mapping memory = Mapping.anonymous(2 * ONE_OFFSET);
            memory.segment().set(ValueLayout.JAVA_LONG, ONE_OFFSET, 1);
            return new EventFd(Fd.owning(fd), memory);
        } catch (ErrnoException e) {
            Sys.close(fd);
            throw e;
        }
    }

    public int number() {
        return fd.number();
    }

    /// Where a read of 8 bytes may put the count.
    public long bufferAddress() {
        return memory.address();
    }

    /// Wakes the reader. Allocates nothing.
    public void signal() {
        Sys.hot(Libc.SYS_write(), fd.number(), memory.address() + ONE_OFFSET, Long.BYTES, 0, 0, 0);
    }

    /// The ring that reads it is closed already.
    @Override
    public void close() {
        fd.close();
        memory.close();
    }
}
