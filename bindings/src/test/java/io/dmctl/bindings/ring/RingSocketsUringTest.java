package io.dmctl.bindings.ring;

import static io.dmctl.bindings.ring.RingFixture.bytes;
import static io.dmctl.bindings.ring.RingFixture.complete;
import static io.dmctl.bindings.ring.RingFixture.completeOne;
import static io.dmctl.bindings.ring.RingFixture.fill;
import static io.dmctl.bindings.ring.RingFixture.random;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.iovec;
import io.dmctl.bindings.libc.msghdr;
import io.dmctl.bindings.libc.sockaddr_un;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.LibcMacros;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Requests on Unix sockets.
class RingSocketsUringTest {
    private static final int BYTES = 64 * 1024;

    @TempDir
    Path dir;

    @BeforeAll
    static void needs() {
        RingFixture.assumeUring();
    }

    private static Fd[] pair() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment fds = arena.allocate(JAVA_INT, 2);
            final int type = Libc.SOCK_STREAM() | Libc.SOCK_CLOEXEC();
            ErrnoException.check("socketpair", "unix", (int)
                    Sys.call(Libc.SYS_socketpair(), Libc.AF_UNIX(), type, 0, fds.address(), 0, 0));
            return new Fd[] {Fd.owning(fds.get(JAVA_INT, 0)), Fd.owning(fds.get(JAVA_INT, 4))};
        }
    }

    @Test
    void waitAllReceivesTheWholeLengthOfSeveralSends() throws Exception {
        final byte[] expected = random(BYTES, 11);
        final Fd[] ends = pair();
        try (Fd a = ends[0];
                Fd b = ends[1];
                IoUring ring = IoUring.open(RingOptions.of(8));
                Mapping out = Mapping.anonymous(BYTES);
                Mapping in = Mapping.anonymous(BYTES)) {
            fill(out, expected);
            assertTrue(ring.sq().prepRecv(b.number(), in.address(), BYTES, LibcMacros.MSG_WAITALL, 1));
            assertEquals(1, ring.submit());
            assertTrue(ring.sq().prepSend(a.number(), out.address(), 1000, 0, 2));
            assertEquals(Map.of(2L, 1000), complete(ring, 1));
            final int rest = BYTES - 1000;
            assertTrue(ring.sq().prepSend(a.number(), out.address() + 1000, rest, LibcMacros.MSG_WAITALL, 3));
            assertEquals(Map.of(1L, BYTES, 3L, rest), complete(ring, 2));
            assertArrayEquals(expected, bytes(in, BYTES));
        }
    }

    @Test
    void messageOfTwoVectorsArrivesAsOneStream() throws Exception {
        final byte[] expected = random(3000, 12);
        final Fd[] ends = pair();
        try (Fd a = ends[0];
                Fd b = ends[1];
                IoUring ring = IoUring.open(RingOptions.of(8));
                Mapping out = Mapping.anonymous(3000);
                Mapping in = Mapping.anonymous(3000);
                Mapping headers = Mapping.anonymous(4096)) {
            fill(out, expected);
            final MemorySegment message = headers.segment().asSlice(0, msghdr.sizeof());
            final MemorySegment vectors = headers.segment().asSlice(256, 2 * iovec.sizeof());
            iovec.iov_base(iovec.asSlice(vectors, 0), out.segment());
            iovec.iov_len(iovec.asSlice(vectors, 0), 28);
            iovec.iov_base(iovec.asSlice(vectors, 1), out.segment().asSlice(28));
            iovec.iov_len(iovec.asSlice(vectors, 1), 2972);
            msghdr.msg_iov(message, vectors);
            msghdr.msg_iovlen(message, 2);
            assertTrue(ring.sq().prepSendmsg(a.number(), message.address(), LibcMacros.MSG_WAITALL, 1));
            assertTrue(ring.sq().prepRecv(b.number(), in.address(), 3000, LibcMacros.MSG_WAITALL, 2));
            assertEquals(Map.of(1L, 3000, 2L, 3000), complete(ring, 2));
            assertArrayEquals(expected, bytes(in, 3000));
        }
    }

    @Test
    void pollReportsThatBytesAreThere() throws Exception {
        final Fd[] ends = pair();
        try (Fd a = ends[0];
                Fd b = ends[1];
                IoUring ring = IoUring.open(RingOptions.of(8));
                Mapping out = Mapping.anonymous(16)) {
            assertTrue(ring.sq().prepPollAdd(b.number(), Libc.POLLIN(), 1));
            assertEquals(0, ring.submitAndWait(1, 1_000_000L) - 1);
            assertEquals(0, ring.cq().ready());
            assertTrue(ring.sq().prepSend(a.number(), out.address(), 1, 0, 2));
            assertEquals(Map.of(1L, Libc.POLLIN(), 2L, 1), complete(ring, 2));
        }
    }

    @Test
    void acceptGivesTheConnectionsDescriptor() throws Exception {
        final Path path = dir.resolve("s");
        try (Fd listener = listen(path);
                IoUring ring = IoUring.open(RingOptions.of(4));
                Mapping in = Mapping.anonymous(16)) {
            assertTrue(ring.sq().prepAccept(listener.number(), Libc.SOCK_CLOEXEC(), 1));
            assertEquals(1, ring.submit());
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                try (Fd connection = Fd.owning(completeOne(ring))) {
                    assertEquals(3, client.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3})));
                    assertTrue(ring.sq().prepRecv(connection.number(), in.address(), 3, LibcMacros.MSG_WAITALL, 2));
                    assertEquals(3, completeOne(ring));
                    assertArrayEquals(new byte[] {1, 2, 3}, bytes(in, 3));
                }
            }
        }
    }

    private static Fd listen(Path path) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = sockaddr_un.allocate(arena);
            sockaddr_un.sun_family(address, (short) Libc.AF_UNIX());
            sockaddr_un.sun_path(address).setString(0, path.toString());
            final Fd fd = Fd.owning((int) Sys.call(Libc.SYS_socket(), Libc.AF_UNIX(), Libc.SOCK_STREAM(), 0));
            final long size = sockaddr_un.sizeof();
            ErrnoException.check(
                    "bind", path.toString(), (int) Sys.call(Libc.SYS_bind(), fd.number(), address.address(), size));
            ErrnoException.check("listen", path.toString(), (int) Sys.call(Libc.SYS_listen(), fd.number(), 1, 0));
            return fd;
        }
    }
}
