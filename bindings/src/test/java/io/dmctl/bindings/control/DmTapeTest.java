package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A record of commands, and the replay of it.
class DmTapeTest {
    private static final String KEY = "feedfacecafebeef0123456789abcdef";
    private static final DmId D0 = DmId.of(DmName.of("d0"));

    @TempDir
    Path folder;

    /// A device-mapper in memory: devices with a number each, one table for all of them.
    private static final class Memory implements DmTransport {
        private final List<DmListedDevice> devices = new ArrayList<>();
        private List<DmTableLine> table = List.of();
        private String message = "";

        @Override
        public String call() {
            return "ioctl";
        }

        @Override
        public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
                throws IOException {
            if (!attachments.isEmpty()) {
                throw new ErrnoException("send", "memory", Errno.EPIPE);
            }
            try {
                return answer(DmRequest.decode(command, buffer));
            } catch (DmProtocolException e) {
                return new DmOutcome(e.errno(), e.getMessage(), 2, 3);
            }
        }

        private DmOutcome answer(DmRequest request) throws DmProtocolException {
            switch (request.command()) {
                case VERSION -> new DmReplyWriter(request);
                case REMOVE_ALL -> new DmReplyWriter(request).nothing();
                case DEV_CREATE -> {
                    final DmName name = request.name();
                    final int minor = devices.size();
                    devices.add(new DmListedDevice(name, new Devno(254, minor), 7, request.uuid()));
                    new DmReplyWriter(request).info(info(name));
                }
                case TABLE_LOAD -> {
                    table = request.table();
                    new DmReplyWriter(request).info(info(request.name()));
                }
                case TARGET_MSG -> {
                    message = request.message().text();
                    if (message.startsWith("@stats_list")) {
                        new DmReplyWriter(request).dataOut("1 2\n");
                    } else {
                        new DmReplyWriter(request).info(info(request.name()));
                    }
                }
                case LIST_DEVICES -> new DmReplyWriter(request).devices(devices);
                case TABLE_DEPS ->
                    new DmReplyWriter(request)
                            .info(info(request.name()))
                            .deps(List.of(new Devno(8, 16), new Devno(259, 300)));
                case TABLE_STATUS, DEV_WAIT ->
                    new DmReplyWriter(request)
                            .info(info(request.name()))
                            .status(table.stream()
                                    .map(l -> new DmStatusLine(l.startSector(), l.lenSectors(), l.type(), l.params()))
                                    .toList());
                case GET_TARGET_VERSION ->
                    new DmReplyWriter(request)
                            .versions(List.of(new DmTargetVersion(request.targetType(), new DmVersion(1, 2, 3))));
                default -> new DmReplyWriter(request).info(info(request.name()));
            }
            return DmOutcome.OK;
        }

        private DmDeviceInfo info(DmName name) throws DmProtocolException {
            for (DmListedDevice d : devices) {
                if (d.name().equals(name)) {
                    return new DmDeviceInfo(name, d.uuid(), d.devno(), DmFlags.ACTIVE_PRESENT, 1, 7, table.size());
                }
            }
            throw new DmProtocolException(Errno.ENXIO, "no device " + name);
        }

        @Override
        public void close() {}
    }

    private interface Step {
        void run() throws IOException;
    }

    /// An engine that does `first` and refuses.
    private static DmTransport refusing(Step first) {
        return new DmTransport() {
            @Override
            public String call() {
                return "ioctl";
            }

            @Override
            public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
                    throws IOException {
                first.run();
                return DmOutcome.failed(Errno.EBUSY);
            }

            @Override
            public void close() {}
        };
    }

    private interface Program {
        void run(DmControl dm, List<Object> said) throws Exception;
    }

    private Path file() {
        return folder.resolve("a.record");
    }

    private List<Object> record(DmTransport engine, Program program) throws Exception {
        final List<Object> said = new ArrayList<>();
        try (DmRecorder recorder = DmRecorder.create(file());
                DmControl dm = DmControl.over(recorder.over(engine))) {
            program.run(dm, said);
        }
        return said;
    }

    private List<Object> replay(Program program) throws Exception {
        final List<Object> said = new ArrayList<>();
        try (DmReplay replay = DmReplay.open(file());
                DmControl dm = DmControl.over(replay.transport())) {
            program.run(dm, said);
        }
        return said;
    }

    private static void attempt(DmControl dm, DmTask<?> task, List<Object> said) {
        try {
            said.add(dm.run(task));
        } catch (DmException e) {
            said.add(e.getMessage() + " " + e.errno() + " " + e.line() + " " + e.argument());
        }
    }

    private static DmTask<?> create(String name) {
        return new DmTask.DevCreate(DmName.of(name), Optional.of(DmUuid.of("U " + name)), OptionalInt.empty());
    }

    private static DmTask<?> load(String text) {
        try {
            return new DmTask.TableLoad(D0, DmTable.parse(text), true);
        } catch (DmTableSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void everything(DmControl dm, List<Object> said) throws DmException {
        said.add(dm.version());
        attempt(dm, create("d0"), said);
        attempt(dm, create("100% \u00e4"), said);
        attempt(dm, load("0 8 linear /dev/a\\b 0\n8 8 zero"), said);
        attempt(dm, new DmTask.DevResume(D0, false, true), said);
        attempt(dm, new DmTask.TableStatus(D0, Kind.TABLE, false, true), said);
        attempt(dm, new DmTask.DevWait(D0, 6, false), said);
        attempt(dm, new DmTask.TableDeps(D0, false), said);
        attempt(dm, new DmTask.TargetMessage(D0, 8, "@stats_list"), said);
        attempt(dm, new DmTask.TargetMessage(D0, 8, "check"), said);
        attempt(dm, new DmTask.GetTargetVersion("zero"), said);
        attempt(dm, new DmTask.DevRename(DmName.of("d0"), DmName.of("d1")), said);
        attempt(dm, new DmTask.DevStatus(DmId.of(DmName.of("gone")), false), said);
        attempt(dm, new DmTask.RemoveAll(false), said);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file());
    }

    @Test
    void whatWasRecordedIsAnsweredAgain() throws Exception {
        final List<Object> said = record(new Memory(), DmTapeTest::everything);
        assertEquals(14, said.size());
        assertTrue(said.get(12).toString().contains("ENXIO"), said::toString);
        assertEquals(said, replay(DmTapeTest::everything));
    }

    @Test
    void aPersonReadsIt() throws Exception {
        record(new Memory(), DmTapeTest::everything);
        final List<String> lines = lines();
        assertEquals("dmctl-record 1", lines.getFirst());
        assertEquals("request ioctl 4.0.0 DM_VERSION", lines.get(1));
        assertEquals("request ioctl 4.0.0 DM_DEV_CREATE name=d0 uuid=U%20d0", lines.get(3));
        final int load = lines.indexOf("# 0 8 linear /dev/a\\\\b 0");
        assertTrue(lines.get(load - 1).contains(" DM_TABLE_LOAD flags=READONLY,SECURE_DATA target_count=2 name=d0"));
        assertEquals("# 8 8 zero ", lines.get(load + 1));
        assertTrue(lines.contains("# 259:300"), lines::toString);
        assertTrue(lines.contains("# No such device or address (ENXIO)"), lines::toString);
        assertEquals("end", lines.getLast());
    }

    @Test
    void aReplyThatNeedsALargerBufferIsAskedForAgain() throws Exception {
        final Memory many = new Memory();
        for (int i = 0; i < 1000; i++) {
            many.devices.add(new DmListedDevice(DmName.of("device" + i), new Devno(254, i), i, Optional.empty()));
        }
        final Program list = (dm, said) -> said.add(dm.run(new DmTask.ListDevices(true)));
        final List<Object> said = record(many, list);
        assertEquals(many.devices, said.getFirst());
        assertEquals(said, replay(list));
    }

    @Test
    void anEngineThatCannotBeReachedIsRecorded() throws Exception {
        final Program attached = (dm, said) -> {
            final DmAttachments options = new DmAttachments(List.of(), List.of("group=a b"));
            said.add(assertThrows(DmException.class, () -> dm.run(new DmTask.ListVersions(), options))
                    .getMessage());
        };
        final List<Object> said = record(new Memory(), attached);
        assertTrue(lines().get(1).endsWith(" option=group=a%20b"), lines()::toString);
        assertEquals(said, replay(attached));
    }

    @Test
    void cookiesOfUdevAreNotCompared() throws Exception {
        final DmTask<DmDeviceInfo> resume = new DmTask.DevResume(D0, false, false);
        record(new Memory(), (dm, said) -> {
            attempt(dm, create("d0"), said);
            attempt(dm, new DmTask.WithCookie<>(resume, 0x601234), said);
        });
        replay((dm, said) -> {
            attempt(dm, create("d0"), said);
            dm.run(new DmTask.WithCookie<>(resume, 0x605678));
        });
    }

    // ---- what differs ----

    private DmTapeException differs(Program program) {
        return assertThrows(DmTapeException.class, () -> replay(program));
    }

    @Test
    void theFirstRequestThatDiffersIsTold() throws Exception {
        record(new Memory(), (dm, said) -> {
            attempt(dm, create("d0"), said);
            attempt(dm, load("0 8 zero"), said);
        });
        final List<Object> said = new ArrayList<>();
        final DmTapeException e = differs((dm, _) -> {
            attempt(dm, create("d0"), said);
            attempt(dm, load("0 9 zero"), said);
            attempt(dm, load("0 8 zero"), said);
        });
        final String text =
                file() + ": line 4: asked for DM_TABLE_LOAD flags=READONLY,SECURE_DATA target_count=1 name=d0;"
                        + " 0 9 zero , the record has DM_TABLE_LOAD flags=READONLY,SECURE_DATA target_count=1 name=d0; 0 8 zero";
        assertEquals(text, e.getMessage());
        assertTrue(said.get(1).toString().contains(text), said::toString);
        assertTrue(said.get(2).toString().contains(text), "nothing is answered after it: " + said);
        final DmTapeException other = differs((dm, _) -> attempt(dm, new DmTask.DevStatus(D0, false), said));
        assertTrue(
                other.getMessage().contains("line 2: asked for DM_DEV_STATUS name=d0, the record has DM_DEV_CREATE"));
    }

    @Test
    void aRecordThatIsUsedUpOrNotUsedSaysSo() throws Exception {
        record(new Memory(), (dm, said) -> attempt(dm, create("d0"), said));
        assertEquals(
                file() + ": line 4: the record is used up: asked for DM_DEV_STATUS name=d0",
                differs((dm, said) -> {
                            attempt(dm, create("d0"), said);
                            attempt(dm, new DmTask.DevStatus(D0, false), said);
                        })
                        .getMessage());
        assertEquals(
                file() + ": line 2: was not asked for: DM_DEV_CREATE name=d0 uuid=U%20d0",
                differs((dm, said) -> {}).getMessage());
    }

    @Test
    void aRecordThatIsCutAnywhereIsNeverTakenForAWholeOne() throws Exception {
        final List<Object> whole = record(new Memory(), DmTapeTest::everything);
        final byte[] bytes = Files.readAllBytes(file());
        // A step that meets every place of a line.
        for (int length = 0; length < bytes.length; length += 7) {
            Files.write(file(), Arrays.copyOf(bytes, length));
            final List<Object> said = new ArrayList<>();
            final DmTapeException e = differs((dm, _) -> {
                try {
                    everything(dm, said);
                } catch (DmException first) {
                    return; // its first command asks for the version
                }
            });
            assertTrue(e.getMessage().contains("cut off") || e.getMessage().contains("no record"), e::getMessage);
            for (int i = 0; i < said.size(); i++) {
                assertTrue(
                        said.get(i).equals(whole.get(i))
                                || said.get(i).toString().contains("cut off"),
                        said::toString);
            }
        }
    }

    @Test
    void aFileOfAnotherFormIsRefused() throws Exception {
        Files.writeString(file(), "dmctl-record 2\nend\n");
        assertEquals(
                file() + ": is 'dmctl-record 2', this reads dmctl-record 1",
                assertThrows(DmTapeException.class, () -> DmReplay.open(file())).getMessage());
        Files.writeString(file(), "0 8 zero\n");
        assertEquals(
                file() + ": is no record of dmctl",
                assertThrows(DmTapeException.class, () -> DmReplay.open(file())).getMessage());
        for (String reply : List.of(
                "reply",
                "reply 0 ok 4.50",
                "reply x ok 4.50.0",
                "reply 0 ok 4.50.0 payload=0",
                "reply 0 ok 4.50.0 payload=00",
                "reply 0 ok 4.50.0 name=%2",
                "reply 0 ok 4.50.0 flags=NO",
                "reply 0 ok 4.50.0 name=" + "x".repeat(128))) {
            Files.writeString(
                    file(), "dmctl-record 1\nrequest ioctl 4.0.0 DM_DEV_STATUS name=d0\n" + reply + "\nend\n");
            final String message = differs((dm, said) -> attempt(dm, new DmTask.DevStatus(D0, false), said))
                    .getMessage();
            assertTrue(message.startsWith(file() + ": line 3: "), message);
        }
    }

    // ---- keys ----

    @Test
    void keysAreInNoRecordAndReachTheEngine() throws Exception {
        final Memory engine = new Memory();
        final Program program = (dm, said) -> {
            attempt(dm, create("d0"), said);
            attempt(
                    dm,
                    load("0 8 crypt aes-xts-plain64  " + KEY + " 0 8:16 0\n8 8 integrity 8:16 0 4 J 1 internal_hash:x:"
                            + KEY + "\n16 8 linear 8:0 0"),
                    said);
            attempt(dm, new DmTask.TargetMessage(D0, 0, "key set " + KEY), said);
            attempt(dm, new DmTask.TableStatus(D0, Kind.TABLE, false, false), said);
        };
        record(engine, program);
        assertEquals(
                "aes-xts-plain64  " + KEY + " 0 8:16 0", engine.table.getFirst().params());
        assertEquals("key set " + KEY, engine.message);
        final String text = Files.readString(file());
        assertFalse(text.contains(KEY));
        assertFalse(text.contains(HexFormat.of().formatHex(KEY.getBytes(StandardCharsets.US_ASCII))));
        assertTrue(text.contains("# 16 8 linear 8:0 0"), text);
        assertTrue(text.contains("# 0 key set " + "0".repeat(KEY.length())), text);
        final DmStatus status = (DmStatus) replay(program).get(3);
        assertEquals(
                "aes-xts-plain64  " + "0".repeat(KEY.length()) + " 0 8:16 0",
                status.lines().getFirst().text());
    }

    @Test
    void aTableThatCannotBeReadIsNotRecorded() throws Exception {
        try (DmRecorder recorder = DmRecorder.create(file());
                Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(4096, 8);
            final long bytes = DmCodec.encode(load("0 8 crypt aes " + KEY + " 0 8:16 0"), buffer);
            // The first of two, and the second is nowhere.
            DmStructs.Ioctl.target_count(buffer, 2);
            final byte[] before = buffer.toArray(ValueLayout.JAVA_BYTE);
            recorder.over(refusing(() -> assertArrayEquals(before, buffer.toArray(ValueLayout.JAVA_BYTE))))
                    .run(DmCommand.TABLE_LOAD.nr(), buffer, bytes, DmAttachments.NONE);
        }
        final String text = Files.readString(file());
        assertFalse(text.contains(HexFormat.of().formatHex(KEY.getBytes(StandardCharsets.US_ASCII))), text);
        assertTrue(text.contains("# not readable, and so not recorded"), text);
    }

    // ---- the file ----

    @Test
    void theFileIsItsOwnersAndNeverWrittenOver() throws Exception {
        record(new Memory(), DmTapeTest::everything);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        final byte[] before = Files.readAllBytes(file());
        assertEquals(
                Errno.EEXIST,
                assertThrows(ErrnoException.class, () -> DmRecorder.create(file()))
                        .errno());
        assertEquals(before.length, Files.size(file()));
        assertEquals(
                Errno.ENOENT,
                assertThrows(ErrnoException.class, () -> DmRecorder.create(folder.resolve("no/such")))
                        .errno());
    }

    @Test
    void aRecordOfNothingIsRemoved() throws Exception {
        record(new Memory(), (dm, said) -> assertTrue(Files.exists(file())));
        assertFalse(Files.exists(file()));
    }

    @Test
    void aRequestIsInTheFileBeforeTheEngineHasIt() throws Exception {
        final List<String> seen = new ArrayList<>();
        record(
                refusing(() -> seen.add(lines().getLast())),
                (dm, said) -> attempt(dm, new DmTask.DevRemove(D0, false), said));
        assertEquals(List.of("request ioctl 4.0.0 DM_DEV_REMOVE name=d0"), seen);
    }

    @Test
    void aCommandThatNeverEndedSaysSo() throws Exception {
        Files.writeString(file(), "dmctl-record 1\nrequest ioctl 4.0.0 DM_DEV_WAIT event_nr=3 name=d0\nend\n");
        assertEquals(
                file() + ": line 3: DM_DEV_WAIT has no reply: it had not ended when the record did",
                differs((dm, said) -> attempt(dm, new DmTask.DevWait(D0, 3, false), said))
                        .getMessage());
    }

    @Test
    void whatWasSeenBesidesIsSeenAgain() throws Exception {
        try (DmRecorder recorder = DmRecorder.create(file())) {
            assertEquals("50 %\n", recorder.look("fill of /x", () -> "50 %\n"));
            assertEquals("", recorder.look("nothing", () -> ""));
        }
        try (DmReplay replay = DmReplay.open(file())) {
            assertEquals("50 %\n", replay.look("fill of /x", () -> "60 %\n"));
            assertEquals("", replay.look("nothing", () -> "something"));
        }
        final DmReplay replay = DmReplay.open(file());
        final UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> replay.look("size", () -> "1"));
        assertEquals(
                file() + ": line 2: looked for size, the record has seen fill%20of%20/x 50%20%25%0a",
                Objects.requireNonNull(e.getCause()).getMessage());
        assertThrows(DmTapeException.class, replay::close);
    }
}
