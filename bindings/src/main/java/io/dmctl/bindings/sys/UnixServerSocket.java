package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/// A listening Unix stream socket, for its owner only (mode 0600).
///
/// Thread rule: [#accept] and [#close] from any thread; close ends a blocked accept with ECANCELED.
public final class UnixServerSocket implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final PolledFd polled;

    private UnixServerSocket(PolledFd polled) {
        this.polled = polled;
    }

    /// Listens at `path`. A socket that is left there by a process that ended is replaced; whoever may race for `path`
    /// holds a lock around this call.
    ///
    /// @throws ErrnoException EADDRINUSE when a process listens there, ENAMETOOLONG when the path is longer than
    /// 107 bytes
    public static UnixServerSocket bind(String path) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = PolledFd.address(arena, "bind", path);
            final Fd fd = UnixSocket.stream(path);
            try {
                int r = bind(fd, address);
                if (r == -Errno.EADDRINUSE && isDead(path)) {
                    Sys.call(
                            Libc.SYS_unlinkat(),
                            Libc.AT_FDCWD(),
                            Sys.cString(arena, path).address(),
                            0);
                    r = bind(fd, address);
                }
                ErrnoException.check("bind", path, r);
                // Between bind and listen nobody can connect, so the mode is right before the first peer.
                ownerOnly(path);
                ErrnoException.check("listen", path, (int) Sys.call(Libc.SYS_listen(), fd.number(), BACKLOG, 0));
            } catch (ErrnoException e) {
                fd.close();
                throw e;
            }
            return new UnixServerSocket(new PolledFd(fd, path));
        }
    }

    private static int bind(Fd fd, MemorySegment address) {
        return (int) Sys.call(Libc.SYS_bind(), fd.number(), address.address(), address.byteSize());
    }

    private static boolean isDead(String path) {
        try {
            UnixSocket.connect(path).close();
            return false;
        } catch (ErrnoException e) {
            return e.errno() == Errno.ECONNREFUSED;
        }
    }

    private static void ownerOnly(String path) throws ErrnoException {
        try {
            Files.setPosixFilePermissions(
                    Path.of(path), EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        } catch (IOException e) {
            throw new ErrnoException("chmod", path, Errno.EPERM);
        }
    }

    /// The next connection; null when there is none in `timeoutMs` (negative: waits for ever).
    ///
    /// @throws ErrnoException ECANCELED when [#close] ends the wait; EMFILE when out of descriptors
    public @Nullable UnixSocket accept(int timeoutMs) throws ErrnoException {
        final int fd = polled.enter("accept4");
        try {
            if (polled.await("accept4", Libc.POLLIN(), timeoutMs) == 0) {
                return null;
            }
            final long r = Sys.call(Libc.SYS_accept4(), fd, 0, 0, Libc.SOCK_CLOEXEC(), 0, 0);
            return new UnixSocket(new PolledFd(
                    Fd.owning((int) ErrnoException.check("accept4", polled.subject(), r)), polled.subject()));
        } finally {
            polled.leave();
        }
    }

    /// Stops listening and removes the socket's file.
    @Override
    public void close() {
        if (polled.closeOnce()) {
            try (Arena arena = Arena.ofConfined()) {
                Sys.call(
                        Libc.SYS_unlinkat(),
                        Libc.AT_FDCWD(),
                        Sys.cString(arena, polled.subject()).address(),
                        0);
            }
        }
    }
}
