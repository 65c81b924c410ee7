package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import java.util.concurrent.atomic.AtomicInteger;

/// An open file descriptor. This object owns it: [#close] closes it once, from any thread.
public final class Fd implements AutoCloseable {
    private final AtomicInteger fd;

    private Fd(int fd) {
        this.fd = new AtomicInteger(fd);
    }

    /// Takes ownership of `fd`, which must be open.
    public static Fd owning(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        return new Fd(fd);
    }

    /// Opens `path` (`O_CLOEXEC` is added).
    ///
    /// @throws ErrnoException with the path and the errno
    public static Fd open(String path, int flags) throws ErrnoException {
        return owning(ErrnoException.check("open", path, Sys.open(path, flags, 0600)));
    }

    /// The number, for a system call; the caller keeps this object open meanwhile.
    ///
    /// @throws IllegalStateException after [#close]
    public int number() {
        final int n = fd.get();
        if (n < 0) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    public boolean isOpen() {
        return fd.get() >= 0;
    }

    /// Gives the descriptor away: this object no longer owns it.
    public int release() {
        final int n = fd.getAndSet(-1);
        if (n < 0) {
            throw new IllegalStateException("descriptor is closed");
        }
        return n;
    }

    /// A second descriptor of the same open file description (`O_CLOEXEC`).
    public Fd duplicate() throws ErrnoException {
        return owning(ErrnoException.check("fcntl(F_DUPFD_CLOEXEC)", toString(), (int)
                Sys.call(Libc.SYS_fcntl(), number(), Libc.F_DUPFD_CLOEXEC(), 3)));
    }

    @Override
    public void close() {
        final int n = fd.getAndSet(-1);
        if (n >= 0) {
            Sys.close(n);
        }
    }

    @Override
    public String toString() {
        return "fd " + fd.get();
    }
}
