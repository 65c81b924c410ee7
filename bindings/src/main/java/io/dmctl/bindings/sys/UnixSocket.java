package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.cmsghdr;
import io.dmctl.bindings.libc.iovec;
import io.dmctl.bindings.libc.msghdr;
import io.dmctl.bindings.libc.ucred;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A connected Unix stream socket that can carry descriptors (`SCM_RIGHTS`).
///
/// Thread rule: one thread sends and one receives at a time; [#close] from any thread ends both with ECANCELED.
public final class UnixSocket implements AutoCloseable {
    /// C: `SCM_MAX_FD` of include/net/scm.h, the most descriptors that one message carries.
    public static final int MAX_DESCRIPTORS = 253;

    /// C: `#define MSG_CTRUNC 0x08`
    private static final int MSG_CTRUNC = 0x08;

    private static final int FD_BYTES = Integer.BYTES;

    private final PolledFd polled;

    UnixSocket(PolledFd polled) {
        this.polled = polled;
    }

    /// Connects to the socket at `path`.
    ///
    /// @throws ErrnoException ENOENT or ECONNREFUSED when nobody listens, ENAMETOOLONG when the path is longer
    /// than 107 bytes
    public static UnixSocket connect(String path) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = PolledFd.address(arena, "connect", path);
            final Fd fd = stream(path);
            final long r = Sys.call(Libc.SYS_connect(), fd.number(), address.address(), address.byteSize());
            if (r < 0) {
                fd.close();
                throw new ErrnoException("connect", path, (int) -r);
            }
            return new UnixSocket(new PolledFd(fd, path));
        }
    }

    /// Two sockets connected to each other.
    public static List<UnixSocket> pair() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment fds = arena.allocate(JAVA_INT, 2);
            ErrnoException.check(
                    "socketpair",
                    "AF_UNIX",
                    Sys.call(
                            Libc.SYS_socketpair(),
                            Libc.AF_UNIX(),
                            Libc.SOCK_STREAM() | Libc.SOCK_CLOEXEC(),
                            0,
                            fds.address(),
                            0,
                            0));
            final Fd second = Fd.owning(fds.getAtIndex(JAVA_INT, 1));
            final UnixSocket first;
            try {
                first = new UnixSocket(new PolledFd(Fd.owning(fds.getAtIndex(JAVA_INT, 0)), "socketpair"));
            } catch (ErrnoException e) {
                second.close();
                throw e;
            }
            try {
                return List.of(first, new UnixSocket(new PolledFd(second, "socketpair")));
            } catch (ErrnoException e) {
                first.close();
                throw e;
            }
        }
    }

    static Fd stream(String subject) throws ErrnoException {
        return Fd.owning((int) ErrnoException.check(
                "socket",
                subject,
                Sys.call(Libc.SYS_socket(), Libc.AF_UNIX(), Libc.SOCK_STREAM() | Libc.SOCK_CLOEXEC(), 0)));
    }

    /// The descriptor's number, for a ring; the caller keeps this socket open while the ring uses it.
    ///
    /// @throws ErrnoException ECANCELED after [#close]
    public int number() throws ErrnoException {
        final int fd = polled.enter("number");
        polled.leave();
        return fd;
    }

    /// Ends the stream in both directions: the peer sees its end, and what waits to receive or send here ends. The
    /// descriptor stays open.
    public void shutdown() {
        try {
            Sys.call(SysNumbers.SYS_shutdown, polled.enter("shutdown"), LibcMacros.SHUT_RDWR, 0);
            polled.leave();
        } catch (ErrnoException e) {
            return; // closed already
        }
    }

    /// The user id of the process at the other end, as it was when it connected.
    public int peerUid() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            return ucred.uid(peerCredentials(arena));
        }
    }

    /// The process id of the other end, as it was when it connected.
    public int peerPid() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            return ucred.pid(peerCredentials(arena));
        }
    }

    private MemorySegment peerCredentials(Arena arena) throws ErrnoException {
        final MemorySegment credentials = ucred.allocate(arena);
        polled.socketOption(Libc.SOL_SOCKET(), Libc.SO_PEERCRED(), credentials);
        return credentials;
    }

    /// Sends all of `data`, `descriptors` with its first byte; the caller keeps its own descriptors.
    ///
    /// @throws ErrnoException EPIPE when the peer is gone, ECANCELED after [#close]
    public void send(MemorySegment data, List<Fd> descriptors) throws ErrnoException {
        if (data.byteSize() == 0 || descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "cannot send " + data.byteSize() + " bytes with " + descriptors.size() + " descriptors");
        }
        final int fd = polled.enter("sendmsg");
        try (Arena arena = Arena.ofConfined()) {
            long sent = 0;
            while (sent < data.byteSize()) {
                final MemorySegment message = message(arena, data, sent);
                if (sent == 0 && !descriptors.isEmpty()) {
                    attach(arena, message, descriptors);
                }
                final long r =
                        Sys.call(Libc.SYS_sendmsg(), fd, message.address(), Libc.MSG_NOSIGNAL() | Libc.MSG_DONTWAIT());
                if (r >= 0) {
                    sent += r;
                } else {
                    waitOrThrow("sendmsg", (int) -r, Libc.POLLOUT());
                }
            }
        } finally {
            polled.leave();
        }
    }

    /// Receives at least one byte into `into`, and the descriptors that came with it when `descriptors` is
    /// given (others are closed). Answers the number of bytes, 0 at the end of the stream. The caller owns what
    /// is added to the list.
    ///
    /// @throws ErrnoException ECONNRESET when the peer died with data unread, ECANCELED when [#close] ends the wait
    public long receive(MemorySegment into, @Nullable List<Fd> descriptors) throws ErrnoException {
        final int fd = polled.enter("recvmsg");
        try (Arena arena = Arena.ofConfined()) {
            while (true) {
                final MemorySegment message = message(arena, into, 0);
                if (descriptors != null) {
                    makeRoom(arena, message);
                }
                final long r = Sys.call(
                        Libc.SYS_recvmsg(), fd, message.address(), Libc.MSG_CMSG_CLOEXEC() | Libc.MSG_DONTWAIT());
                if (r < 0) {
                    waitOrThrow("recvmsg", (int) -r, Libc.POLLIN());
                    continue;
                }
                if (descriptors != null) {
                    take(message, descriptors);
                }
                return r;
            }
        } finally {
            polled.leave();
        }
    }

    /// Fills `into`.
    ///
    /// @throws EOFException when the stream ends before
    public void receiveFully(MemorySegment into, @Nullable List<Fd> descriptors) throws IOException {
        long done = 0;
        while (done < into.byteSize()) {
            final long n = receive(into.asSlice(done), descriptors);
            if (n == 0) {
                throw new EOFException("recvmsg: " + polled.subject() + ": the connection ended after " + done + " of "
                        + into.byteSize() + " bytes");
            }
            done += n;
        }
    }

    /// Waits until the peer has closed its end; false when it has not in `timeoutMs` (negative: for ever). Data that
    /// waits to be received does not end the wait.
    ///
    /// @throws ErrnoException ECANCELED when [#close] ends the wait
    public boolean awaitHangup(int timeoutMs) throws ErrnoException {
        polled.enter("poll");
        try {
            return polled.await("poll", Libc.POLLRDHUP(), timeoutMs) != 0;
        } finally {
            polled.leave();
        }
    }

    private void waitOrThrow(String call, int errno, int events) throws ErrnoException {
        if (errno == Errno.EAGAIN) {
            polled.await(call, events, -1);
        } else if (errno != Errno.EINTR) {
            throw new ErrnoException(call, polled.subject(), errno);
        }
    }

    private static MemorySegment message(Arena arena, MemorySegment data, long from) {
        final MemorySegment vector = iovec.allocate(arena);
        iovec.iov_base(vector, data.asSlice(from));
        iovec.iov_len(vector, data.byteSize() - from);
        final MemorySegment message = msghdr.allocate(arena);
        msghdr.msg_iov(message, vector);
        msghdr.msg_iovlen(message, 1);
        return message;
    }

    /// C: `CMSG_SPACE(n * sizeof(int))` on a 64-bit machine: everything is padded to 8 bytes.
    private static long controlBytes(int descriptors) {
        return cmsghdr.sizeof() + (((long) descriptors * FD_BYTES + 7) & ~7L);
    }

    private static void attach(Arena arena, MemorySegment message, List<Fd> descriptors) {
        final MemorySegment control = arena.allocate(controlBytes(descriptors.size()), 8);
        cmsghdr.cmsg_len(control, cmsghdr.sizeof() + (long) descriptors.size() * FD_BYTES);
        cmsghdr.cmsg_level(control, Libc.SOL_SOCKET());
        cmsghdr.cmsg_type(control, Libc.SCM_RIGHTS());
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(
                    JAVA_INT,
                    cmsghdr.sizeof() + (long) i * FD_BYTES,
                    descriptors.get(i).number());
        }
        msghdr.msg_control(message, control);
        msghdr.msg_controllen(message, control.byteSize());
    }

    private static void makeRoom(Arena arena, MemorySegment message) {
        final MemorySegment control = arena.allocate(controlBytes(MAX_DESCRIPTORS), 8);
        msghdr.msg_control(message, control);
        msghdr.msg_controllen(message, control.byteSize());
    }

    private void take(MemorySegment message, List<Fd> descriptors) throws ErrnoException {
        final long length = msghdr.msg_controllen(message);
        final MemorySegment control = length == 0
                ? MemorySegment.NULL
                : Sys.memoryAt(msghdr.msg_control(message).address(), length);
        final List<Fd> received = new ArrayList<>();
        long at = 0;
        while (at + cmsghdr.sizeof() <= length) {
            final MemorySegment header = control.asSlice(at, cmsghdr.sizeof());
            final long end = Math.min(length, at + cmsghdr.cmsg_len(header));
            if (cmsghdr.cmsg_level(header) == Libc.SOL_SOCKET() && cmsghdr.cmsg_type(header) == Libc.SCM_RIGHTS()) {
                for (long p = at + cmsghdr.sizeof(); p + FD_BYTES <= end; p += FD_BYTES) {
                    received.add(Fd.owning(control.get(JAVA_INT, p)));
                }
            }
            at = Math.max(at + cmsghdr.sizeof(), (end + 7) & ~7L);
        }
        if ((msghdr.msg_flags(message) & MSG_CTRUNC) != 0) {
            // Descriptors are lost (our own table may be full): what is left cannot be matched with its words.
            received.forEach(Fd::close);
            throw new ErrnoException("recvmsg", polled.subject() + ": descriptors were lost", Errno.EMSGSIZE);
        }
        descriptors.addAll(received);
    }

    @Override
    public void close() {
        polled.close();
    }

    @Override
    public String toString() {
        return polled.subject();
    }
}
