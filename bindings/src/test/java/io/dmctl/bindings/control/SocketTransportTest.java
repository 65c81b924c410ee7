package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.bindings.sys.UnixServerSocket;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The client against a small server that keeps one device, over real sockets.
@Timeout(60)
class SocketTransportTest {
    private static final DmName NAME = DmName.of("d0");
    private static final DmId ID = DmId.of(NAME);
    private static final int ECHO = 0x81;

    @TempDir
    Path dir;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<DmTableLine> table = new ArrayList<>();
    private final List<String> devices = new ArrayList<>();
    private int openBehindAnAnswer;
    private UnixServerSocket listener;
    private Future<?> server;

    @BeforeEach
    void start() throws IOException {
        listener = UnixServerSocket.bind(path());
        server = thread.submit(() -> {
            try (UnixSocket socket = listener.accept(-1)) {
                if (socket != null) {
                    serve(socket);
                }
            }
            return null;
        });
    }

    @AfterEach
    void stop() {
        listener.close();
        thread.shutdownNow();
        thread.close();
    }

    private String path() {
        return dir.resolve("s").toString();
    }

    private void serve(UnixSocket socket) throws IOException {
        try (ServerChannel channel = new ServerChannel(socket)) {
            while (true) {
                try (Frame frame = channel.receive()) {
                    if (frame == null) {
                        return;
                    }
                    if (frame.command() == ECHO) {
                        channel.reply(frame, DmOutcome.OK, frame.body().asSlice(0, frame.bodyBytes()), frame.devices());
                    } else {
                        dm(channel, frame);
                        openBehindAnAnswer += frame.devices().size();
                    }
                }
            }
        }
    }

    private void dm(ServerChannel channel, Frame frame) throws IOException {
        try {
            final DmRequest request = DmRequest.decode(frame.command(), frame.body());
            if (request.command() == DmCommand.TABLE_LOAD) {
                load(request, frame);
            } else if (request.command() == DmCommand.DEV_REMOVE) {
                channel.fail(frame, DmOutcome.failed(Errno.EBUSY));
                return;
            }
            final DmReplyWriter reply = new DmReplyWriter(request)
                    .info(new DmDeviceInfo(NAME, Optional.empty(), new Devno(0, 0), 0, 0, 0, table.size()));
            if (request.command() == DmCommand.TABLE_STATUS) {
                final List<DmStatusLine> lines = new ArrayList<>();
                table.forEach(l -> lines.add(new DmStatusLine(l.startSector(), l.lenSectors(), l.type(), l.params())));
                reply.status(lines);
            }
            channel.reply(frame, reply);
        } catch (DmProtocolException e) {
            channel.fail(frame, DmOutcome.of(e));
        }
    }

    private void load(DmRequest request, Frame frame) throws DmProtocolException {
        table.clear();
        table.addAll(request.table());
        for (int i = 0; i < table.size(); i++) {
            if (table.get(i).type().equals("nosuch")) {
                throw new DmProtocolException(Errno.EINVAL, "unknown target type", i);
            }
        }
        devices.addAll(frame.options());
        for (DeviceDescriptor device : frame.devices()) {
            devices.add(device.word() + "=" + content(device.fd()));
        }
    }

    private static String content(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment text = arena.allocate(64);
            final long n = Sys.pread(fd.number(), text.address(), text.byteSize(), 0);
            return new String(text.asSlice(0, n).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    private DeviceDescriptor device(String word, String content) throws IOException {
        final Path file = Files.writeString(dir.resolve(content), content);
        return new DeviceDescriptor(word, Fd.open(file.toString(), Libc.O_RDONLY()));
    }

    @Test
    void aTableCrossesWithItsDevicesAndOptions() throws Exception {
        final DmAttachments attached = new DmAttachments(
                List.of(device("/dev/sda", "first"), device("/dev/sdé", "second")),
                List.of("transport=nbd", "depth=32"));
        try (DmControl dm = DmControl.over(SocketTransport.connect(path()))) {
            final DmTable wanted = DmTable.parse("0 8 linear /dev/sda 0\n8 8 linear /dev/sdé 0");
            assertEquals(
                    2, dm.run(new DmTask.TableLoad(ID, wanted, false), attached).targetCount());
            assertEquals(DmRequest.INTERFACE, dm.version());
            final DmStatus status = dm.run(new DmTask.TableStatus(ID, DmTask.TableStatus.Kind.TABLE, false, false));
            assertEquals("8 8 linear /dev/sdé 0", status.lines().get(1).toString());
        }
        server.get();
        assertEquals(List.of("transport=nbd", "depth=32", "/dev/sda=first", "/dev/sdé=second"), devices);
        assertEquals(0, openBehindAnAnswer, "the client may remove these devices when it has the answer");
        for (DeviceDescriptor d : attached.devices()) {
            assertTrue(d.fd().isOpen());
            d.fd().close();
        }
    }

    @Test
    void aReplyThatDoesNotFitIsAskedForAgain() throws Exception {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            text.append(i * 8).append(" 8 linear /dev/sda ").append(i * 8).append('\n');
        }
        try (DmControl dm = DmControl.over(SocketTransport.connect(path()))) {
            dm.run(new DmTask.TableLoad(ID, DmTable.parse(text.toString()), false));
            final DmStatus status = dm.run(new DmTask.TableStatus(ID, DmTask.TableStatus.Kind.TABLE, false, false));
            final StringBuilder back = new StringBuilder();
            status.lines().forEach(l -> back.append(l).append('\n'));
            assertEquals(text.toString(), back.toString());
        }
    }

    @Test
    void errorsCarryErrnoReasonAndLine() throws Exception {
        try (DmControl dm = DmControl.over(SocketTransport.connect(path()))) {
            final DmException busy = assertThrows(DmException.class, () -> dm.run(new DmTask.DevRemove(ID, false)));
            assertEquals("server(DM_DEV_REMOVE): d0: Device or resource busy (EBUSY)", busy.getMessage());
            final DmTable bad = DmTable.parse("0 8 zero\n8 8 nosuch");
            final DmException e = assertThrows(DmException.class, () -> dm.run(new DmTask.TableLoad(ID, bad, false)));
            assertEquals(
                    "server(DM_TABLE_LOAD): d0: Invalid argument (EINVAL): table line 2: unknown target type",
                    e.getMessage());
            assertEquals(1, e.line());
            assertEquals(DmCommand.TABLE_LOAD, e.command());
        }
    }

    @Test
    void commandsOfOursCrossWithPayloadAndDescriptorsBothWays() throws Exception {
        try (SocketTransport transport = SocketTransport.connect(path());
                Arena arena = Arena.ofConfined();
                Fd own = device("w", "lent").fd()) {
            final byte[] bytes = new byte[100_001];
            new Random(2).nextBytes(bytes);
            final MemorySegment payload = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, payload, JAVA_BYTE, 0, bytes.length);
            final DmAttachments lent = new DmAttachments(List.of(new DeviceDescriptor("word", own)), List.of());
            try (Frame reply = transport.run(ECHO, payload, lent)) {
                assertArrayEquals(
                        bytes, reply.body().asSlice(0, reply.bodyBytes()).toArray(JAVA_BYTE));
                assertEquals("word", reply.devices().get(0).word());
                assertEquals("lent", content(reply.devices().get(0).fd()));
            }
            try (Frame reply = transport.run(ECHO, MemorySegment.NULL, DmAttachments.NONE)) {
                assertEquals(0, reply.bodyBytes());
            }
        }
    }

    @Test
    void aServerThatEndsIsAnError() throws Exception {
        final List<UnixSocket> pair = UnixSocket.pair();
        pair.get(1).close();
        try (DmControl dm = DmControl.over(new SocketTransport(pair.get(0)))) {
            final DmException e = assertThrows(DmException.class, () -> dm.run(new DmTask.Version()));
            assertEquals(Errno.EPIPE, e.errno());
        }
    }

    /// As when the server dies with the request unread, which the kernel reports itself.
    @Test
    void aServerThatEndsWithTheRequestInHandIsAResetConnection() throws Exception {
        final List<UnixSocket> pair = UnixSocket.pair();
        final Thread server = Thread.ofPlatform().start(() -> {
            try (ServerChannel channel = new ServerChannel(pair.get(1));
                    Frame request = channel.receive()) {
                assertNotNull(request);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (DmControl dm = DmControl.over(new SocketTransport(pair.get(0)))) {
            final DmException e = assertThrows(DmException.class, () -> dm.run(new DmTask.Version()));
            assertEquals(Errno.ECONNRESET, e.errno());
            assertTrue(
                    String.valueOf(e.getMessage()).contains("the server ended without a reply"),
                    String.valueOf(e.getMessage()));
        }
        server.join();
    }

    /// Sends a request's header with one field changed, and `after` behind it; answers what the server's end says.
    private static String refusal(int at, int value, int after) throws IOException {
        final List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket client = pair.get(0);
                ServerChannel channel = new ServerChannel(pair.get(1));
                Arena arena = Arena.ofConfined()) {
            final MemorySegment head = arena.allocate(FrameHeader.BYTES + after, 8);
            new FrameHeader(false, 1, 0, 0, 512, 0, 0, -1, -1).write(head);
            head.set(ValueLayout.JAVA_INT, at, value);
            client.send(head, List.of());
            return String.valueOf(assertThrows(MalformedFrameException.class, channel::receive)
                    .getMessage());
        }
    }

    @Test
    void aMalformedFrameIsRefusedWithItsField() throws Exception {
        assertEquals("frame: magic must be in 1952673124..1952673124, was 7", refusal(0, 7, 0));
        assertTrue(refusal(4, 2, 0).contains("protocol version"));
        assertTrue(refusal(8, 1, 0).contains("errno"));
        assertTrue(refusal(12, 513, 0).contains("capacity must be in 513"));
        assertTrue(refusal(12, -1, 0).contains("body bytes"));
        assertTrue(refusal(16, (64 << 20) + 1, 0).contains("capacity"));
        assertTrue(refusal(20, -1, 0).contains("TLV bytes"));
        assertTrue(refusal(24, 3, 0).contains("3 descriptors announced, 0 received"));
        assertTrue(refusal(24, 1 << 16, 0).contains("kind"));
        assertTrue(refusal(20, 4, 4).contains("TLV is cut off"));
    }

    @Test
    void unknownTlvsAreSkippedAndBrokenOnesRefused() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment tlvs = arena.allocate(48, 8);
            tlvs.set(ValueLayout.JAVA_SHORT, 0, (short) 999);
            tlvs.set(ValueLayout.JAVA_INT, 4, 9);
            tlvs.set(ValueLayout.JAVA_SHORT, 24, (short) 1);
            tlvs.set(ValueLayout.JAVA_INT, 28, 3);
            MemorySegment.copy("why".getBytes(StandardCharsets.UTF_8), 0, tlvs, JAVA_BYTE, 32, 3);
            assertEquals(
                    "why", FrameExtras.decode(tlvs.asSlice(0, 40), List.of()).reason());
            tlvs.set(ValueLayout.JAVA_INT, 28, -1);
            assertThrows(MalformedFrameException.class, () -> FrameExtras.decode(tlvs, List.of()));
            tlvs.set(ValueLayout.JAVA_SHORT, 24, (short) 2);
            tlvs.set(ValueLayout.JAVA_INT, 28, 3);
            assertThrows(MalformedFrameException.class, () -> FrameExtras.decode(tlvs.asSlice(0, 40), List.of()));
        }
    }
}
