package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.MappedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every transport does alike.
@Timeout(60)
abstract class TransportContractTest {
    static final int SECTOR = Rig.SECTOR;
    static final int SECTORS = 16384;

    /// A user of the device.
    interface Client extends AutoCloseable {
        byte[] read(long sector, int bytes) throws IOException;

        void write(long sector, byte[] data, boolean fua) throws IOException;

        void flush() throws IOException;

        void discard(long sector, long sectors) throws IOException;

        void writeZeroes(long sector, long sectors) throws IOException;

        @Override
        void close() throws IOException;
    }

    Rig rig;
    MappedDevice device;
    BlockTransport transport;
    private Path a;
    private Path b;

    abstract BlockTransport newTransport(Rig on, MappedDevice of);

    abstract Client connect() throws IOException;

    @BeforeEach
    final void start() throws Exception {
        rig = new Rig();
        a = rig.file("a", SECTORS);
        b = rig.file("b", SECTORS);
        device = rig.device("test");
        transport = newTransport(rig, device);
        device.setFront(transport);
        linear(a, SECTORS);
    }

    @AfterEach
    final void end() throws Exception {
        transport.stop();
        device.remove();
        rig.close();
    }

    private void linear(Path on, long sectors) throws Exception {
        rig.run(device, Rig.line(0, sectors, "linear", on + " 0"));
    }

    static byte[] random(long seed, int bytes) {
        final byte[] data = new byte[bytes];
        new Random(seed).nextBytes(data);
        return data;
    }

    @Test
    void whatIsWrittenIsReadAndIsInTheFile() throws Exception {
        final byte[] data = random(1, SECTORS * SECTOR);
        try (Client client = connect()) {
            client.write(0, data, false);
            assertArrayEquals(data, client.read(0, data.length));
            assertArrayEquals(Arrays.copyOfRange(data, 7 * SECTOR, 1000 * SECTOR), client.read(7, 993 * SECTOR));
            client.flush();
        }
        assertArrayEquals(data, Files.readAllBytes(a));
        assertTrue(device.requestCount(io.dmctl.targets.spi.ReqOp.FLUSH) >= 1);
    }

    @Test
    void fuaWriteIsInTheFile() throws Exception {
        final byte[] data = random(2, 5 * SECTOR);
        try (Client client = connect()) {
            client.write(11, data, true);
        }
        assertArrayEquals(data, Arrays.copyOfRange(Files.readAllBytes(a), 11 * SECTOR, 16 * SECTOR));
    }

    @Test
    void discardAndWriteZeroesClearTheirRangeOnly() throws Exception {
        final byte[] data = random(3, SECTORS * SECTOR);
        try (Client client = connect()) {
            client.write(0, data, false);
            client.writeZeroes(100, 3000);
            client.discard(8192, 1024);
            Arrays.fill(data, 100 * SECTOR, 3100 * SECTOR, (byte) 0);
            Arrays.fill(data, 8192 * SECTOR, 9216 * SECTOR, (byte) 0);
            assertArrayEquals(data, client.read(0, data.length));
        }
    }

    @Test
    void requestsCrossTargets() throws Exception {
        rig.run(
                device,
                Rig.line(0, 1001, "linear", a + " 0"),
                Rig.line(1001, 1000, "linear", b + " 3"),
                Rig.line(2001, 2048, "striped", "2 16 " + a + " 4096 " + b + " 4096"),
                Rig.line(4049, 951, "zero", ""));
        final byte[] data = random(4, 4049 * SECTOR);
        try (Client client = connect()) {
            client.write(0, data, false);
            client.write(4049, random(5, 951 * SECTOR), false);
            assertArrayEquals(Arrays.copyOf(data, 5000 * SECTOR), client.read(0, 5000 * SECTOR));
            client.writeZeroes(900, 2000);
            Arrays.fill(data, 900 * SECTOR, 2900 * SECTOR, (byte) 0);
            assertArrayEquals(Arrays.copyOf(data, 5000 * SECTOR), client.read(0, 5000 * SECTOR));
        }
    }

    @Test
    void errorsComeBackWithTheirErrno() throws Exception {
        rig.run(device, Rig.line(0, 100, "linear", a + " 0"), Rig.line(100, 100, "error", ""));
        try (Client client = connect()) {
            assertArrayEquals(new byte[100 * SECTOR], client.read(0, 100 * SECTOR));
            assertErrno(Errno.EIO, () -> client.read(100, SECTOR));
            assertErrno(Errno.EIO, () -> client.read(99, 2 * SECTOR));
            assertErrno(Errno.EIO, () -> client.write(150, new byte[SECTOR], false));
            assertErrno(Errno.EINVAL, () -> client.read(199, 2 * SECTOR));
            assertErrno(Errno.ENOSPC, () -> client.write(199, new byte[2 * SECTOR], false));
            assertErrno(Errno.EINVAL, () -> client.read(0, 100));
            assertArrayEquals(new byte[SECTOR], client.read(99, SECTOR));
        }
    }

    @Test
    void readOnlyTableRefusesWrites() throws Exception {
        rig.run(device, true, Rig.line(0, 100, "zero", ""));
        try (Client client = connect()) {
            assertErrno(Errno.EPERM, () -> client.write(0, new byte[SECTOR], false));
            assertErrno(Errno.EPERM, () -> client.writeZeroes(0, 1));
            assertErrno(Errno.EPERM, () -> client.discard(0, 1));
            assertArrayEquals(new byte[SECTOR], client.read(0, SECTOR));
        }
    }

    interface Call {
        void run() throws IOException;
    }

    static void assertErrno(int errno, Call call) {
        assertEquals(
                Errno.describe(errno),
                Errno.describe(assertThrows(ErrnoException.class, call::run).errno()));
    }

    @Test
    void suspendHoldsRequestsUntilResume() throws Exception {
        final byte[] data = random(6, 64 * SECTOR);
        try (Client client = connect()) {
            device.suspend(false);
            final FutureTask<Void> writing = new FutureTask<>(() -> {
                client.write(8, data, false);
                return null;
            });
            Thread.ofPlatform().start(writing);
            rig.run(device, Rig.line(0, SECTORS, "linear", b + " 0"));
            writing.get();
            assertArrayEquals(data, client.read(8, data.length));
        }
        assertArrayEquals(data, Arrays.copyOfRange(Files.readAllBytes(b), 8 * SECTOR, 72 * SECTOR));
        assertArrayEquals(new byte[SECTORS * SECTOR], Files.readAllBytes(a));
    }

    /// The tables map the same bytes, so every read must find what was written.
    @Test
    void reloadsUnderLoadLoseNothing() throws Exception {
        final int reloads = 50;
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicInteger rounds = new AtomicInteger();
        final FutureTask<Void> load = new FutureTask<>(() -> {
            try (Client client = connect()) {
                final Random random = new Random(7);
                while (!stop.get()) {
                    final int sectors = 1 + random.nextInt(256);
                    final long sector = random.nextInt(SECTORS - sectors);
                    final byte[] data = random(rounds.get(), sectors * SECTOR);
                    client.write(sector, data, (rounds.get() & 7) == 0);
                    assertArrayEquals(data, client.read(sector, data.length));
                    rounds.incrementAndGet();
                }
            }
            return null;
        });
        Thread.ofPlatform().start(load);
        // As many rounds as reloads: a machine that starts the load late has it under the later reloads.
        for (int i = 0; i < reloads || (rounds.get() < reloads && !load.isDone()); i++) {
            if (i % 2 == 0) {
                rig.run(
                        device,
                        Rig.line(0, 5000, "linear", a + " 0"),
                        Rig.line(5000, SECTORS - 5000, "linear", a + " 5000"));
            } else {
                linear(a, SECTORS);
            }
        }
        stop.set(true);
        load.get();
    }

    @Test
    void stopIsRefusedWhileOpen() throws Exception {
        try (Client client = connect()) {
            assertEquals(1, transport.openCount());
            assertErrno(Errno.EBUSY, transport::stop);
            assertArrayEquals(new byte[SECTOR], client.read(0, SECTOR));
        }
        transport.stop();
        assertEquals(0, transport.openCount());
        assertTrue(transport.address().isEmpty());
        assertThrows(IOException.class, this::connect);
    }

    @Test
    void stopEndsWhatASuspendHasParked() throws Exception {
        final Client client = connect();
        device.suspend(false);
        final FutureTask<byte[]> reading = new FutureTask<>(() -> client.read(0, SECTOR));
        Thread.ofPlatform().start(reading);
        assertFalse(reading.isDone());
        client.close();
        stopWhenLeft();
        assertThrows(ExecutionException.class, reading::get);
    }

    /// A socket that is closed below a thread that reads from it is gone when that thread has left it.
    private void stopWhenLeft() throws Exception {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (transport.openCount() > 0 && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        transport.stop();
    }

    @Test
    void sizeChangesAreSeenByNewUsers() throws Exception {
        linear(a, 1000);
        try (Client client = connect()) {
            assertErrno(Errno.EINVAL, () -> client.read(1000, SECTOR));
        }
        linear(a, 2000);
        try (Client client = connect()) {
            assertArrayEquals(new byte[SECTOR], client.read(1999, SECTOR));
        }
    }
}
