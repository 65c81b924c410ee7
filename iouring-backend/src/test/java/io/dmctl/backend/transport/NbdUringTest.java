package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.dmctl.backend.transport.NbdClient.OptionReply;
import io.dmctl.backend.transport.NbdClient.Reply;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NbdUringTest extends TransportContractTest {
    private static final int DEPTH = 8;
    private static final int MAX_IO = 256 << 10;
    private static final byte[] EMPTY = new byte[0];
    private static final int ACK = 1;
    private static final int SERVER = 2;
    private static final int INFO = 3;
    private static final int UNSUP = 0x80000001;
    private static final int INVALID = 0x80000003;
    private static final int UNKNOWN = 0x80000006;
    private static final int TOO_BIG = 0x80000009;

    private Path socket() {
        return rig.folder.resolve("nbd.sock");
    }

    @Override
    BlockTransport newTransport(Rig on, MappedDevice of) {
        return new NbdTransport(on.group, of, new NbdOptions(2, DEPTH, socket(), MAX_IO, 4), "test");
    }

    @Override
    Client connect() throws IOException {
        return NbdClient.connect(socket(), "test");
    }

    private NbdClient client() throws IOException {
        return NbdClient.connect(socket(), "");
    }

    private NbdClient greeted() throws IOException {
        final NbdClient client = new NbdClient(socket());
        assertEquals(3, client.greet(3));
        return client;
    }

    // ---- handshake ----

    @Test
    void socketIsTheOwnersAndGoesAtStop() throws Exception {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        assertEquals("nbd+unix:///test?socket=" + socket(), transport.address().orElseThrow());
        transport.stop();
        assertTrue(Files.notExists(socket()));
    }

    @Test
    void addressIsPercentEncoded() throws Exception {
        final MappedDevice other = rig.device("o");
        final Path path = rig.folder.resolve("a b&c.sock");
        final NbdTransport t = new NbdTransport(rig.group, other, NbdOptions.at(path), "dé ?");
        other.setFront(t);
        rig.run(other, Rig.line(0, 8, "zero", ""));
        assertEquals(
                "nbd+unix:///d%C3%A9%20%3F?socket=" + rig.folder + "/a%20b%26c.sock",
                t.address().orElseThrow());
        NbdClient.connect(path, "dé ?").close();
        t.stop();
        other.remove();
    }

    @Test
    void staleSocketIsReplacedAndALiveOneIsNot() throws Exception {
        final Path path = rig.folder.resolve("stale.sock");
        ServerSocketChannel dead = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(path));
        final MappedDevice other = rig.device("o");
        final NbdTransport t = new NbdTransport(rig.group, other, NbdOptions.at(path), "o");
        other.setFront(t);
        final TableException busy =
                assertThrows(TableException.class, () -> rig.run(other, Rig.line(0, 8, "zero", "")));
        assertEquals(Errno.EADDRINUSE, busy.errno());
        dead.close();
        rig.run(other, Rig.line(0, 8, "zero", ""));
        NbdClient.connect(path, "o").close();
        t.stop();
        other.remove();
    }

    @Test
    void longSocketPathIsRefusedWithItsLength() {
        final Path path = Path.of("/tmp/" + "x".repeat(120));
        final String text = String.valueOf(assertThrows(IllegalArgumentException.class, () -> NbdOptions.at(path))
                .getMessage());
        assertTrue(text.contains("1..107 bytes") && text.contains("125"), text);
    }

    @Test
    void infoAndGoTellTheExport() throws Exception {
        try (NbdClient client = greeted()) {
            client.option(6, NbdClient.infoData("test", 3, 1));
            assertInfos(client, 6, true);
            client.option(7, NbdClient.infoData(""));
            assertInfos(client, 7, false);
            assertEquals(0, client.call(NbdClient.FLUSH, 0, 0, 0, EMPTY));
        }
    }

    private static void assertInfos(NbdClient client, int option, boolean name) throws IOException {
        final ByteBuffer export = ByteBuffer.allocate(12).putShort((short) 0).putLong((long) SECTORS * SECTOR);
        // HAS_FLAGS FLUSH FUA TRIM WRITE_ZEROES MULTI_CONN
        assertReply(option, INFO, export.putShort((short) 0x16d).array(), client.optionReply());
        final ByteBuffer block = ByteBuffer.allocate(14).putShort((short) 3);
        assertReply(option, INFO, block.putInt(512).putInt(4096).putInt(MAX_IO).array(), client.optionReply());
        if (name) {
            final byte[] info = ByteBuffer.allocate(6)
                    .putShort((short) 1)
                    .put("test".getBytes(StandardCharsets.UTF_8))
                    .array();
            assertReply(option, INFO, info, client.optionReply());
        }
        assertReply(option, ACK, EMPTY, client.optionReply());
    }

    private static void assertReply(int option, int type, byte[] data, OptionReply reply) {
        assertEquals(option, reply.option());
        assertEquals(Integer.toHexString(type), Integer.toHexString(reply.type()));
        assertArrayEquals(data, reply.data());
    }

    @Test
    void listNamesTheExport() throws Exception {
        try (NbdClient client = greeted()) {
            client.option(3, EMPTY);
            final byte[] entry = ByteBuffer.allocate(8)
                    .putInt(4)
                    .put("test".getBytes(StandardCharsets.UTF_8))
                    .array();
            assertReply(3, SERVER, entry, client.optionReply());
            assertReply(3, ACK, EMPTY, client.optionReply());
            client.option(3, new byte[1]);
            assertReply(3, INVALID, EMPTY, client.optionReply());
        }
    }

    @Test
    void optionsThatAreNotServedAreRefusedAndTheNextIsHeard() throws Exception {
        final NbdClient client = greeted();
        for (int option : new int[] {4, 5, 8, 9, 10, 11, 12345, -1}) {
            client.option(option, new byte[3]);
            assertReply(option, UNSUP, EMPTY, client.optionReply());
        }
        client.option(7, NbdClient.infoData("other"));
        assertReply(7, UNKNOWN, EMPTY, client.optionReply());
        client.option(7, NbdClient.infoData("tes"));
        assertReply(7, UNKNOWN, EMPTY, client.optionReply());
        client.option(2, EMPTY);
        assertReply(2, ACK, EMPTY, client.optionReply());
        assertTrue(client.atEnd());
    }

    @Test
    void malformedInfoIsInvalid() throws Exception {
        try (NbdClient client = greeted()) {
            final byte[][] bad = {
                EMPTY,
                new byte[5],
                {0, 0, 0, 1, 0, 0},
                {-1, -1, -1, -1, 0, 0},
                {0, 0, 0, 0, 0, 1},
                {0, 0, 0, 0, 0, 0, 0, 3},
                {0, 0, 0, 9, 't', 'e', 's', 't', 0, 0}
            };
            for (byte[] data : bad) {
                client.option(6, data);
                assertReply(6, INVALID, EMPTY, client.optionReply());
            }
        }
    }

    @Test
    void longOptionsAreSkippedAndEndlessOnesEndTheConnection() throws Exception {
        final NbdClient client = greeted();
        client.option(6, new byte[50_000]);
        assertReply(6, TOO_BIG, EMPTY, client.optionReply());
        client.option(6, Integer.MAX_VALUE, EMPTY);
        assertTrue(client.atEnd());
        final NbdClient second = greeted();
        second.option(6, -1, EMPTY);
        assertTrue(second.atEnd());
        final NbdClient third = greeted();
        third.option(1, 5000, EMPTY);
        assertTrue(third.atEnd());
    }

    @Test
    void exportNameWithAndWithoutZeroes() throws Exception {
        for (int flags : new int[] {0, 1, 3}) {
            try (NbdClient client = new NbdClient(socket())) {
                client.greet(flags);
                client.option(1, "test".getBytes(StandardCharsets.UTF_8));
                assertEquals((long) SECTORS * SECTOR, client.in.readLong());
                assertEquals(0x16d, client.in.readShort());
                if ((flags & 2) == 0) {
                    assertArrayEquals(new byte[124], client.in.readNBytes(124));
                }
                assertArrayEquals(new byte[SECTOR], client.read(3, SECTOR));
            }
        }
    }

    @Test
    void brokenHandshakesEndTheConnection() throws Exception {
        final NbdClient wrongName = greeted();
        wrongName.option(1, "other".getBytes(StandardCharsets.UTF_8));
        assertTrue(wrongName.atEnd());
        final NbdClient flags = new NbdClient(socket());
        flags.greet(4);
        assertTrue(flags.atEnd());
        final NbdClient magic = greeted();
        magic.send(ByteBuffer.allocate(16).putLong(1).putLong(2));
        assertTrue(magic.atEnd());
        final NbdClient old = new NbdClient(socket());
        old.greet(0);
        old.option(3, EMPTY);
        assertTrue(old.atEnd());
        connect().close();
    }

    @Test
    void moreClientsThanAllowedAreTurnedAway() throws Exception {
        final NbdClient[] clients = new NbdClient[4];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = i % 2 == 0 ? client() : greeted();
        }
        assertEquals(2, transport.openCount());
        assertTrue(new NbdClient(socket()).atEnd());
        for (NbdClient client : clients) {
            client.channel.close();
        }
    }

    @Test
    void silentClientIsClosedAtTheDeadline() throws Exception {
        final NbdOptions options = new NbdOptions(1, 1, rig.folder.resolve("deadline.sock"), 4096);
        final NbdQueues queues = NbdQueues.start(rig.group, device, options, "x");
        final NbdListener listener =
                NbdListener.bind(options, queues, NbdExport.of("x", 512, false, false, 512, 4096), 20_000_000L);
        final NbdClient client = new NbdClient(options.socket());
        client.greet(3);
        assertTrue(client.atEnd());
        assertTrue(listener.stop());
        queues.stop();
    }

    // ---- transmission ----

    @Test
    void refusedRequestsLeaveTheConnectionUsable() throws Exception {
        try (NbdClient client = client()) {
            final long end = client.sizeBytes;
            final byte[] sector = new byte[SECTOR];
            assertEquals(Errno.EINVAL, client.call(99, 0, 0, 0, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.READ, 0, 1, 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.READ, 0, 0, 511, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.READ, 0, end, 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.READ, 0, -512, 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.READ, 0, 0, MAX_IO + 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.READ, 0, 0, -512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.READ, 4, 0, 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.WRITE, 0, 1, 512, sector));
            assertEquals(Errno.EINVAL, client.call(NbdClient.WRITE, 2, 0, 512, sector));
            assertEquals(Errno.ENOSPC, client.call(NbdClient.WRITE, 0, end, 512, sector));
            assertEquals(Errno.ENOSPC, client.call(NbdClient.WRITE, 0, Long.MAX_VALUE - 511, 512, sector));
            assertEquals(Errno.EINVAL, client.call(NbdClient.WRITE, 0, 0, MAX_IO + 512, new byte[MAX_IO + 512]));
            assertEquals(Errno.EINVAL, client.call(NbdClient.WRITE, 0, 0, 5 << 20, new byte[5 << 20]));
            assertEquals(Errno.EINVAL, client.call(NbdClient.FLUSH, 0, 0, 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.TRIM, 0, 3, 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.TRIM, 0, end, 512, EMPTY));
            assertEquals(Errno.EINVAL, client.call(NbdClient.TRIM, 2, 0, 512, EMPTY));
            assertEquals(Errno.ENOSPC, client.call(NbdClient.WRITE_ZEROES, 0, 0, -512, EMPTY));
            assertEquals(Errno.EOPNOTSUPP, client.call(NbdClient.WRITE_ZEROES, 16, 0, 512, EMPTY));
            assertEquals(0, client.call(NbdClient.READ, 0, 0, 0, EMPTY));
            assertEquals(0, client.call(NbdClient.WRITE, 0, 0, 0, EMPTY));
            assertEquals(0, client.call(NbdClient.TRIM, 0, 0, 0, EMPTY));
            assertArrayEquals(new byte[SECTORS * SECTOR], client.read(0, SECTORS * SECTOR));
        }
    }

    @Test
    void badMagicAndEndlessWritesEndTheConnection() throws Exception {
        final NbdClient magic = client();
        magic.request(0x12345678, NbdClient.READ, 0, 1, 0, 512, EMPTY);
        assertTrue(magic.atEnd());
        final NbdClient endless = client();
        endless.request(NbdClient.WRITE, 0, 1, 0, -512, EMPTY);
        assertTrue(endless.atEnd());
        connect().close();
    }

    /// Twice as many as the connection may have in flight, in one go.
    @Test
    void pipelinedRequestsAreAllAnswered() throws Exception {
        final int n = DEPTH * 5;
        final byte[] data = random(40, n * 4096);
        try (NbdClient client = client()) {
            for (int i = 0; i < n; i++) {
                client.request(
                        NbdClient.WRITE, 0, i, i * 4096L, 4096, Arrays.copyOfRange(data, i * 4096, (i + 1) * 4096));
            }
            final Map<Long, Reply> replies = new HashMap<>();
            for (int i = 0; i < n; i++) {
                final Reply reply = client.reply();
                assertEquals(0, reply.error());
                replies.put(reply.cookie(), reply);
            }
            assertEquals(n, replies.size());
            for (int i = 0; i < n; i++) {
                client.request(NbdClient.READ, 0, i, i * 4096L, 4096, EMPTY);
            }
            final byte[] back = new byte[data.length];
            for (int i = 0; i < n; i++) {
                final Reply reply = client.reply();
                assertEquals(0, reply.error());
                client.in.readFully(back, (int) reply.cookie() * 4096, 4096);
            }
            assertArrayEquals(data, back);
        }
    }

    @Test
    void flushFollowsRangesWithFua() throws Exception {
        try (NbdClient client = client()) {
            final long before = device.requestCount(ReqOp.FLUSH);
            assertEquals(0, client.call(NbdClient.WRITE_ZEROES, 1, 0, 1 << 20, EMPTY));
            assertEquals(0, client.call(NbdClient.TRIM, 1, 0, 1 << 20, EMPTY));
            assertEquals(0, client.call(NbdClient.WRITE_ZEROES, 2, 0, 1 << 20, EMPTY));
            assertEquals(before + 2, device.requestCount(ReqOp.FLUSH));
        }
    }

    @Test
    void hugeRangesAreSplit() throws Exception {
        final long sectors = (4L << 30) / SECTOR;
        final Path huge = rig.file("huge", sectors);
        Files.write(huge, new byte[] {1}, java.nio.file.StandardOpenOption.WRITE);
        rig.run(device, Rig.line(0, sectors, "linear", huge + " 0"));
        try (NbdClient client = client()) {
            assertEquals(4L << 30, client.sizeBytes);
            final long before = device.requestCount(ReqOp.WRITE_ZEROES);
            client.write(sectors - 1, random(50, SECTOR), false);
            assertEquals(0, client.call(NbdClient.WRITE_ZEROES, 0, 512, -512, EMPTY));
            assertEquals(before + 4, device.requestCount(ReqOp.WRITE_ZEROES));
            assertArrayEquals(new byte[SECTOR], client.read(sectors - 1, SECTOR));
            assertEquals(1, client.read(0, SECTOR)[0]);
            assertEquals(0, client.call(NbdClient.TRIM, 0, 0, -512, EMPTY));
            assertArrayEquals(new byte[SECTOR], client.read(0, SECTOR));
        }
    }

    @Test
    void twoConnectionsSeeEachOthersWrites() throws Exception {
        final byte[] data = random(60, 1 << 20);
        try (NbdClient first = client();
                NbdClient second = client()) {
            assertEquals(2, transport.openCount());
            first.write(0, data, false);
            second.flush();
            assertArrayEquals(data, second.read(0, data.length));
        }
    }

    @Test
    void clientThatVanishesInFlightLeavesNothingBehind() throws Exception {
        final byte[] data = random(70, DEPTH * 4096);
        for (int round = 0; round < 20; round++) {
            final NbdClient client = client();
            device.suspend(false);
            for (int i = 0; i < DEPTH + 3; i++) {
                client.request(NbdClient.READ, 0, i, 0, MAX_IO, EMPTY);
            }
            client.channel.close();
            device.resume(false);
        }
        final NbdClient half = client();
        half.request(NbdClient.WRITE, 0, 1, 0, 4096, new byte[100]);
        half.channel.close();
        final NbdClient halfHeader = client();
        halfHeader.send(ByteBuffer.allocate(10).putLong(0x2560951300000000L));
        halfHeader.channel.close();
        try (NbdClient client = client()) {
            client.write(0, data, false);
            assertArrayEquals(data, client.read(0, data.length));
        }
    }

    @Test
    void stopFreesWhatVanishedClientsHaveParked() throws Exception {
        final int before = descriptors();
        final MappedDevice other = rig.device("o");
        final NbdTransport t = new NbdTransport(
                rig.group, other, new NbdOptions(1, DEPTH, rig.folder.resolve("o.sock"), MAX_IO, 4), "o");
        other.setFront(t);
        rig.run(other, Rig.line(0, 4096, "zero", ""));
        other.suspend(false);
        for (int n = 1; n <= DEPTH + 3; n += DEPTH / 2) {
            final NbdClient client = NbdClient.connect(rig.folder.resolve("o.sock"), "o");
            assertEquals(1, t.openCount());
            for (int i = 0; i < n; i++) {
                client.request(NbdClient.READ, 0, i, 0, MAX_IO, EMPTY);
            }
            client.channel.close();
            assertEquals(0, t.openCount());
        }
        t.stop();
        other.remove();
        assertEquals(before, descriptors());
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return (int) all.count();
        }
    }

    /// It asks for more than the socket's buffers hold and reads nothing.
    @Test
    void clientThatReadsNoRepliesHurtsNobodyElse() throws Exception {
        final NbdClient deaf = client();
        for (int i = 0; i < DEPTH; i++) {
            deaf.request(NbdClient.READ, 0, i, 0, MAX_IO, EMPTY);
        }
        for (int i = 0; i < 3; i++) {
            try (NbdClient client = client()) {
                assertArrayEquals(new byte[MAX_IO], client.read(0, MAX_IO));
            }
        }
        final byte[] one = new byte[MAX_IO];
        for (int i = 0; i < DEPTH; i++) {
            assertEquals(0, deaf.reply().error());
            deaf.in.readFully(one);
            assertArrayEquals(new byte[MAX_IO], one);
        }
        deaf.close();
    }

    @Test
    void oldConnectionKeepsItsSize() throws Exception {
        try (NbdClient old = client()) {
            rig.run(device, Rig.line(0, 2L * SECTORS, "zero", ""));
            assertEquals(Errno.EINVAL, old.call(NbdClient.READ, 0, old.sizeBytes, 512, EMPTY));
            try (NbdClient young = client()) {
                assertEquals(2 * old.sizeBytes, young.sizeBytes);
                assertArrayEquals(new byte[SECTOR], young.read(SECTORS, SECTOR));
            }
        }
    }

    @Test
    void tableThatTurnsReadOnlyHoldsForConnectedClients() throws Exception {
        try (NbdClient client = client()) {
            assertEquals(0, client.call(NbdClient.WRITE, 0, 0, 512, new byte[SECTOR]));
            rig.run(device, true, Rig.line(0, SECTORS, "zero", ""));
            assertEquals(Errno.EPERM, client.call(NbdClient.WRITE, 0, 0, 512, new byte[SECTOR]));
            assertArrayEquals(new byte[SECTOR], client.read(0, SECTOR));
        }
        try (NbdClient client = client()) {
            assertNotEquals(0, client.flags & 2);
        }
    }

    @Test
    void queueThreadAllocatesNothingPerRequest() throws Exception {
        final byte[] data = random(80, 4096);
        try (NbdClient client = client()) {
            for (int i = 0; i < 20_000; i++) {
                mix(client, i, data);
            }
            // The compiler may still replace code that allocates in the interpreter: the best of a few windows counts.
            long least = Long.MAX_VALUE;
            for (int window = 0; window < 5; window++) {
                final long before = queueThreadsAllocated();
                for (int i = 0; i < 1000; i++) {
                    mix(client, i, data);
                }
                least = Math.min(least, queueThreadsAllocated() - before);
            }
            assertEquals(0, least);
        }
    }

    private static long queueThreadsAllocated() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (Thread t : Thread.getAllStackTraces().keySet()) {
            if (t.getName().startsWith("nbd-test-q")) {
                sum += threads.getThreadAllocatedBytes(t.threadId());
            }
        }
        assertTrue(sum > 0); // they made their bios
        return sum;
    }

    private static void mix(NbdClient client, int i, byte[] data) throws IOException {
        switch (i % 8) {
            case 0 -> client.flush();
            case 1 -> client.writeZeroes(64, 8);
            case 2, 3, 4 -> client.write(8L * (i % 100), data, i % 16 == 2);
            default -> client.read(8L * (i % 100), data.length);
        }
    }
}
