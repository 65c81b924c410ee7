package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.pollfd;
import io.dmctl.bindings.libc.sockaddr_un;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A socket and the event descriptor that ends waits on it: [#close] wakes every blocked thread, and both descriptors
/// are closed when the last of them has left, so that a number is never used after it means something else.
///
/// Thread rule: every method from any thread; a system call on [#fd] is made between [#enter] and [#leave].
final class PolledFd implements AutoCloseable {
    private static final int FOREVER = -1;

    private final Fd socket;
    private final Fd wake;
    private final String subject;
    private int users;
    private boolean closed;

    /// Takes ownership of `socket`, also when it throws.
    PolledFd(Fd socket, String subject) throws ErrnoException {
        this.socket = socket;
        this.subject = subject;
        final long r = Sys.call(Libc.SYS_eventfd2(), 0, Libc.EFD_CLOEXEC() | Libc.EFD_NONBLOCK(), 0);
        if (r < 0) {
            socket.close();
            throw new ErrnoException("eventfd2", subject, (int) -r);
        }
        this.wake = Fd.owning((int) r);
    }

    String subject() {
        return subject;
    }

    /// @throws ErrnoException ECANCELED after [#close]
    synchronized int enter(String call) throws ErrnoException {
        if (closed) {
            throw new ErrnoException(call, subject, Errno.ECANCELED);
        }
        users++;
        return socket.number();
    }

    synchronized void leave() {
        users--;
        closeWhenUnused();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /// Waits, inside [#enter] and [#leave], for `events` (or an error or hang-up); answers the events seen, 0 for none
    /// in
    /// time. A negative `timeoutMs` waits for ever.
    ///
    /// @throws ErrnoException ECANCELED when [#close] ends the wait
    int await(String call, int events, int timeoutMs) throws ErrnoException {
        final long deadlineNs = System.nanoTime() + timeoutMs * 1_000_000L;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment fds = pollfd.allocateArray(2, arena);
            pollfd.fd(pollfd.asSlice(fds, 0), socket.number());
            pollfd.events(pollfd.asSlice(fds, 0), (short) events);
            pollfd.fd(pollfd.asSlice(fds, 1), wake.number());
            pollfd.events(pollfd.asSlice(fds, 1), (short) Libc.POLLIN());
            while (true) {
                final int waitMs = timeoutMs < 0 ? FOREVER : remainingMs(deadlineNs);
                final long r = Sys.call(Libc.SYS_poll(), fds.address(), 2, waitMs);
                if (r < 0 && r != -Errno.EINTR) {
                    throw new ErrnoException("poll", subject, (int) -r);
                }
                if (isClosed()) {
                    throw new ErrnoException(call, subject, Errno.ECANCELED);
                }
                final int seen = r > 0 ? pollfd.revents(pollfd.asSlice(fds, 0)) : 0;
                if (seen != 0 || (timeoutMs >= 0 && remainingMs(deadlineNs) == 0)) {
                    return seen;
                }
            }
        }
    }

    private static int remainingMs(long deadlineNs) {
        final long ns = deadlineNs - System.nanoTime();
        // Rounded up: a poll of 0 ms would spin through the last millisecond.
        return ns <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (ns + 999_999) / 1_000_000);
    }

    int socketOption(int level, int option, MemorySegment value) throws ErrnoException {
        final int fd = enter("getsockopt");
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment length = arena.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, (int) value.byteSize());
            ErrnoException.check("getsockopt", subject, (int)
                    Sys.call(Libc.SYS_getsockopt(), fd, level, option, value.address(), length.address(), 0));
            return length.get(JAVA_INT, 0);
        } finally {
            leave();
        }
    }

    @Override
    public void close() {
        closeOnce();
    }

    /// Closes; true for the one call that did.
    synchronized boolean closeOnce() {
        final boolean first = !closed;
        if (first) {
            closed = true;
            wakeWaiters();
            closeWhenUnused();
        }
        return first;
    }

    private void wakeWaiters() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment one = arena.allocate(JAVA_LONG);
            one.set(JAVA_LONG, 0, 1);
            Sys.write(wake.number(), one.address(), one.byteSize());
        }
    }

    private void closeWhenUnused() {
        if (closed && users == 0) {
            socket.close();
            wake.close();
        }
    }

    /// C: `struct sockaddr_un`; answers the address, NUL-padded, for `path`.
    ///
    /// @throws ErrnoException ENAMETOOLONG when `path` does not fit the 107 bytes that Linux leaves for it
    static MemorySegment address(Arena arena, String call, String path) throws ErrnoException {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        final MemorySegment address = sockaddr_un.allocate(arena);
        final long at = sockaddr_un.sun_path$offset();
        if (bytes.length == 0 || bytes.length > address.byteSize() - at - 1) {
            throw new ErrnoException(
                    call,
                    path + ": a socket's path has 1 to " + (address.byteSize() - at - 1) + " bytes, this has "
                            + bytes.length,
                    Errno.ENAMETOOLONG);
        }
        sockaddr_un.sun_family(address, (short) Libc.AF_UNIX());
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, at, bytes.length);
        return address;
    }
}
