package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.Libc;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UnixSocketTest {
    @TempDir
    Path dir;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws InterruptedException {
        thread.shutdownNow();
        assertTrue(thread.awaitTermination(10, TimeUnit.SECONDS));
    }

    private String path() {
        return dir.resolve("s").toString();
    }

    @Test
    void carriesEveryByteThroughASmallSocketBuffer() throws Exception {
        final byte[] bytes = new byte[3 << 20];
        new Random(1).nextBytes(bytes);
        final List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket a = pair.get(0);
                UnixSocket b = pair.get(1);
                Arena arena = Arena.ofShared()) {
            final MemorySegment out = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, out, JAVA_BYTE, 0, bytes.length);
            final Future<?> sent = thread.submit(() -> {
                a.send(out, List.of());
                return null;
            });
            final MemorySegment in = arena.allocate(bytes.length);
            b.receiveFully(in, null);
            sent.get();
            assertArrayEquals(bytes, in.toArray(JAVA_BYTE));
        }
    }

    @Test
    void passesDescriptorsInOrderAndCloseOnExec() throws Exception {
        final List<UnixSocket> pair = UnixSocket.pair();
        final List<Fd> sent = new ArrayList<>();
        final List<Fd> received = new ArrayList<>();
        try (UnixSocket a = pair.get(0);
                UnixSocket b = pair.get(1);
                Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < 100; i++) {
                final Path file = Files.writeString(dir.resolve("f" + i), "content " + i);
                sent.add(Fd.open(file.toString(), Libc.O_RDONLY()));
            }
            a.send(arena.allocate(5), sent);
            assertEquals(5, b.receive(arena.allocate(64), received));
            assertEquals(100, received.size());
            final MemorySegment text = arena.allocate(64);
            for (int i = 0; i < 100; i++) {
                final int fd = received.get(i).number();
                final long n = Sys.pread(fd, text.address(), text.byteSize(), 0);
                assertEquals("content " + i, new String(text.asSlice(0, n).toArray(JAVA_BYTE), StandardCharsets.UTF_8));
                assertEquals(Libc.FD_CLOEXEC(), Sys.call(Libc.SYS_fcntl(), fd, Libc.F_GETFD(), 0));
            }
        } finally {
            sent.forEach(Fd::close);
            received.forEach(Fd::close);
        }
    }

    @Test
    void endOfStreamIsZeroThenAnErrorWhereBytesAreDue() throws Exception {
        final List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket b = pair.get(1);
                Arena arena = Arena.ofConfined()) {
            pair.get(0).send(arena.allocate(3), List.of());
            pair.get(0).close();
            assertThrows(EOFException.class, () -> b.receiveFully(arena.allocate(4), null));
            assertEquals(0, b.receive(arena.allocate(4), null));
            final ErrnoException e = assertThrows(ErrnoException.class, () -> b.send(arena.allocate(4), List.of()));
            assertEquals(Errno.EPIPE, e.errno());
            assertTrue(b.awaitHangup(0));
        }
    }

    @Test
    void aPeerThatSendsDataHasNotHungUp() throws Exception {
        final List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket a = pair.get(0);
                UnixSocket b = pair.get(1);
                Arena arena = Arena.ofConfined()) {
            a.send(arena.allocate(1), List.of());
            assertFalse(b.awaitHangup(1));
        }
    }

    @Test
    void closeEndsABlockedReceive() throws Exception {
        final List<UnixSocket> pair = UnixSocket.pair();
        final UnixSocket b = pair.get(1);
        try (UnixSocket a = pair.get(0)) {
            final CompletableFuture<Long> tid = new CompletableFuture<>();
            final Future<ErrnoException> blocked = thread.submit(() -> {
                tid.complete(Sys.call(Libc.SYS_gettid(), 0, 0, 0));
                try (Arena arena = Arena.ofConfined()) {
                    return assertThrows(ErrnoException.class, () -> b.receive(arena.allocate(1), null));
                }
            });
            untilItPolls(tid.get());
            b.close();
            assertEquals(Errno.ECANCELED, blocked.get().errno());
            assertTrue(a.awaitHangup(-1));
        }
    }

    @Test
    void acceptsThePeerAndKnowsItsUser() throws Exception {
        try (UnixServerSocket server = UnixServerSocket.bind(path());
                UnixSocket client = UnixSocket.connect(path());
                UnixSocket accepted = server.accept(-1)) {
            assertNotNull(accepted);
            final int uid = (int) Files.getAttribute(dir, "unix:uid");
            assertEquals(uid, accepted.peerUid());
            assertEquals(uid, client.peerUid());
            assertEquals((int) ProcessHandle.current().pid(), accepted.peerPid());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(path()))));
        }
        assertFalse(Files.exists(Path.of(path())));
    }

    @Test
    void acceptEndsInTimeAndByClose() throws Exception {
        final UnixServerSocket server = UnixServerSocket.bind(path());
        assertNull(server.accept(1));
        final CompletableFuture<Long> tid = new CompletableFuture<>();
        final Future<ErrnoException> blocked = thread.submit(() -> {
            tid.complete(Sys.call(Libc.SYS_gettid(), 0, 0, 0));
            return assertThrows(ErrnoException.class, () -> server.accept(-1));
        });
        untilItPolls(tid.get());
        server.close();
        assertEquals(Errno.ECANCELED, blocked.get().errno());
    }

    /// Returns once the thread is blocked in poll, as /proc tells.
    private static void untilItPolls(long tid) throws IOException {
        final Path syscall = Path.of("/proc/self/task/" + tid + "/syscall");
        while (!Files.readString(syscall).startsWith(Libc.SYS_poll() + " ")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void replacesADeadSocketAndRefusesALiveOne() throws Exception {
        final Path kept = dir.resolve("dead");
        try (UnixServerSocket live = UnixServerSocket.bind(path())) {
            final ErrnoException e = assertThrows(ErrnoException.class, () -> UnixServerSocket.bind(path()));
            assertEquals(Errno.EADDRINUSE, e.errno());
            Files.createLink(kept, Path.of(path()));
            assertNotNull(live);
        }
        assertEquals(
                Errno.ECONNREFUSED,
                assertThrows(ErrnoException.class, () -> UnixSocket.connect(kept.toString()))
                        .errno());
        UnixServerSocket.bind(kept.toString()).close();
    }

    @Test
    void aPathThatIsTooLongIsRefusedWithItsLength() throws Exception {
        final String fits = dir + "/" + "x".repeat(107 - dir.toString().length() - 1);
        UnixServerSocket.bind(fits).close();
        final ErrnoException e = assertThrows(ErrnoException.class, () -> UnixServerSocket.bind(fits + "x"));
        assertEquals(Errno.ENAMETOOLONG, e.errno());
        assertTrue(String.valueOf(e.getMessage()).contains("1 to 107 bytes, this has 108"), e.getMessage());
    }
}
