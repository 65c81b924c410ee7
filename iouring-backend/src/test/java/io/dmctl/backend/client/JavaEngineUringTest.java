package io.dmctl.backend.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java engine with real server processes, over NBD, on this machine's own kernel.
class JavaEngineUringTest {
    private static final long SECTORS = 2048;

    @TempDir
    Path dir;

    private Registry registry;
    private Engines engines;
    private DmControl dm;

    @BeforeEach
    void open() throws IOException {
        registry = Registry.at(dir.resolve("run"));
        engines = Engines.open(registry);
        dm = engines.control(Engine.JAVA);
        file("a");
        file("b");
    }

    private Path file(String name) throws IOException {
        final Path file = dir.resolve(name);
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.setLength(SECTORS << 9);
        }
        return file;
    }

    @AfterEach
    void removeAll() throws Exception {
        for (int round = 0; round < 3; round++) {
            for (DeviceRecord record : registry.all()) {
                try {
                    dm.run(new DmTask.DevRemove(DmId.of(record.name()), false));
                } catch (DmException e) {
                    assertEquals(Errno.EBUSY, e.errno()); // a device above it goes first
                }
            }
        }
        engines.close();
        assertTrue(registry.all().isEmpty());
    }

    private static DmId id(String name) {
        return DmId.of(DmName.of(name));
    }

    private void create(String name) throws Exception {
        engines.create(Engine.JAVA, new DmTask.DevCreate(DmName.of(name), Optional.empty(), OptionalInt.empty()));
    }

    private DmDeviceInfo load(String name, String table) throws DmException, DmTableSyntaxException, IOException {
        return engines.load(
                Engine.JAVA,
                new DmTask.TableLoad(id(name), DmTable.parse(table), false),
                new LoadOptions("nbd", 0, 0, ""));
    }

    private void make(String name, String table) throws Exception {
        create(name);
        load(name, table);
        dm.run(new DmTask.DevResume(id(name), false, false));
    }

    private String linear(String file) {
        return "0 1024 linear " + dir.resolve(file) + " 8";
    }

    private DmStatus table(String name) throws DmException {
        return dm.run(new DmTask.TableStatus(id(name), DmTask.TableStatus.Kind.TABLE, false, false));
    }

    private long server(String group) throws ErrnoException {
        try (UnixSocket s =
                UnixSocket.connect(registry.groupDir(group).resolve("s").toString())) {
            return s.peerPid();
        }
    }

    private String group(String name) throws IOException {
        return registry.find(id(name)).orElseThrow().group().orElseThrow();
    }

    private static void awaitEnd(long pid) throws Exception {
        final Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isPresent()) {
            process.get().onExit().get(20, TimeUnit.SECONDS);
        }
    }

    private boolean noGroups() throws IOException {
        try (Stream<Path> groups = Files.list(dir.resolve("run/groups"))) {
            return groups.findAny().isEmpty();
        }
    }

    @Test
    void deviceGoesThroughItsLifeAndLeavesNothing() throws Exception {
        create("d");
        assertFalse(dm.run(new DmTask.DevStatus(id("d"), false)).liveTable());
        final DmDeviceInfo loaded = load("d", linear("a"));
        assertTrue(loaded.inactiveTable());
        assertFalse(loaded.liveTable());
        final DmDeviceInfo resumed = dm.run(new DmTask.DevResume(id("d"), false, false));
        assertTrue(resumed.liveTable());
        assertFalse(resumed.inactiveTable());
        assertEquals(linear("a"), table("d").lines().getFirst().toString());
        assertEquals("nbd", registry.find(id("d")).orElseThrow().transport().orElseThrow());
        final long pid = server(group("d"));
        dm.run(new DmTask.DevRemove(id("d"), false));
        awaitEnd(pid);
        assertTrue(noGroups());
        assertTrue(registry.all().isEmpty());
    }

    @Test
    void refusedLoadTellsLineAndArgumentAndLeavesNoServer() throws Exception {
        create("d");
        final DmException e = assertThrows(
                DmException.class, () -> load("d", "0 8 zero\n8 8 linear " + dir.resolve("missing") + " 0"));
        assertEquals(Errno.ENOENT, e.errno());
        assertEquals(1, e.line());
        assertEquals(0, e.argument());
        final DmException unknown = assertThrows(DmException.class, () -> load("d", "0 8 nosuch"));
        assertEquals(Errno.EINVAL, unknown.errno());
        assertEquals(0, unknown.line());
        dm.run(new DmTask.DevRemove(id("d"), false));
        assertEquals(Errno.ENXIO, errno(new DmTask.DevStatus(id("d"), false)));
        // The server ends by itself once its last answer is sent.
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!noGroups() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertTrue(noGroups());
    }

    private int errno(DmTask<?> task) {
        return assertThrows(DmException.class, () -> dm.run(task)).errno();
    }

    @Test
    void takenNameAndUuidAreRefused() throws Exception {
        engines.create(
                Engine.JAVA, new DmTask.DevCreate(DmName.of("d"), Optional.of(DmUuid.of("U-1")), OptionalInt.empty()));
        assertEquals(Errno.EBUSY, errno(new DmTask.DevCreate(DmName.of("d"), Optional.empty(), OptionalInt.empty())));
        assertEquals(
                Errno.EBUSY,
                errno(new DmTask.DevCreate(DmName.of("e"), Optional.of(DmUuid.of("U-1")), OptionalInt.empty())));
        assertEquals(Errno.ENXIO, errno(new DmTask.DevStatus(id("e"), false)));
    }

    @Test
    void renamedDeviceIsFoundByItsNewNameAndUuid() throws Exception {
        make("d", linear("a"));
        dm.run(new DmTask.DevRename(DmName.of("d"), DmName.of("new name")));
        dm.run(new DmTask.DevSetUuid(DmName.of("new name"), DmUuid.of("U/2")));
        assertEquals(Errno.ENXIO, errno(new DmTask.DevStatus(id("d"), false)));
        final DmDeviceInfo info = dm.run(new DmTask.DevStatus(DmId.of(DmUuid.of("U/2")), false));
        assertEquals("new name", info.name().toString());
        assertEquals(2, info.eventNr());
        assertEquals(Errno.EINVAL, errno(new DmTask.DevSetUuid(DmName.of("new name"), DmUuid.of("another"))));
    }

    @Test
    void twoGroupsUseSlicesOfOneFileAndAStrangerIsRefused() throws Exception {
        make("d", linear("a"));
        make("e", "0 512 linear " + dir.resolve("a") + " 1100");
        assertFalse(group("d").equals(group("e")));
        final Engines strangers = Engines.open(Registry.at(dir.resolve("other")));
        strangers.create(Engine.JAVA, new DmTask.DevCreate(DmName.of("f"), Optional.empty(), OptionalInt.empty()));
        final DmException busy = assertThrows(
                DmException.class,
                () -> strangers.load(
                        Engine.JAVA,
                        new DmTask.TableLoad(id("f"), DmTable.parse(linear("a")), false),
                        LoadOptions.DEFAULT));
        assertEquals(Errno.EBUSY, busy.errno());
        // The claim outlives the server that made it, for it was lent.
        final long first = server(group("d"));
        dm.run(new DmTask.DevRemove(id("d"), false));
        awaitEnd(first);
        assertThrows(
                DmException.class,
                () -> strangers.load(
                        Engine.JAVA,
                        new DmTask.TableLoad(id("f"), DmTable.parse(linear("a")), false),
                        LoadOptions.DEFAULT));
        strangers.close();
    }

    @Test
    void deviceOnADeviceJoinsItsGroup() throws Exception {
        make("low", linear("a"));
        make("high", "0 512 linear low 256\n512 8 zero");
        assertEquals(group("low"), group("high"));
        assertEquals(
                "0 512 linear /dev/mapper/low 256",
                table("high").lines().getFirst().toString());
        assertEquals(Errno.EBUSY, errno(new DmTask.DevRemove(id("low"), false)));
        final DmException loop = assertThrows(DmException.class, () -> load("low", "0 8 linear /dev/mapper/high 0"));
        assertEquals(Errno.EINVAL, loop.errno());
        dm.run(new DmTask.DevRemove(id("high"), false));
        dm.run(new DmTask.DevRemove(id("low"), false));
    }

    @Test
    void killedServerIsListedAndRemoved() throws Exception {
        make("d", linear("a"));
        final long pid = server(group("d"));
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        awaitEnd(pid);
        assertEquals(1, dm.run(new DmTask.ListDevices(true)).size());
        assertFalse(dm.run(new DmTask.DevStatus(id("d"), false)).liveTable());
        assertEquals(Errno.EIO, errno(new DmTask.TableStatus(id("d"), DmTask.TableStatus.Kind.TABLE, false, false)));
        dm.run(new DmTask.DevRemove(id("d"), false));
        assertTrue(noGroups());
        make("d", linear("a"));
    }

    @Test
    void sigtermRemovesTheDeviceAndEndsTheServer() throws Exception {
        make("d", linear("a"));
        final long pid = server(group("d"));
        ProcessHandle.of(pid).orElseThrow().destroy();
        awaitEnd(pid);
        assertTrue(registry.all().isEmpty());
        assertTrue(noGroups());
    }

    @Test
    void waitEndsWithAnEvent() throws Exception {
        make("d", linear("a"));
        final CompletableFuture<DmStatus> waiting = CompletableFuture.supplyAsync(() -> {
            try (Engines own = Engines.open(registry)) {
                return own.control(Engine.JAVA).run(new DmTask.DevWait(id("d"), 0, false));
            } catch (DmException | IOException e) {
                throw new IllegalStateException(e);
            }
        });
        dm.run(new DmTask.DevSetUuid(
                DmName.of("d"), DmUuid.of("U-3"))); // before or while it waits: it counts either way
        assertEquals(1, waiting.get(20, TimeUnit.SECONDS).info().eventNr());
    }

    @Test
    void groupNameMayNotLeadOutOfTheRegistry() throws Exception {
        create("d");
        final DmException e = assertThrows(
                DmException.class,
                () -> engines.load(
                        Engine.JAVA,
                        new DmTask.TableLoad(id("d"), DmTable.parse("0 8 zero"), false),
                        new LoadOptions("nbd", 0, 0, "../../x")));
        assertEquals(Errno.EINVAL, e.errno());
    }

    @Test
    void anOriginAndItsSnapshotsAreServedByOneGroupWhateverTheirDeviceIsCalled() throws Exception {
        final Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("a"));
        final String origin = "0 " + SECTORS + " snapshot-origin " + dir.resolve("a");
        make("base", origin);
        make("snap", "0 " + SECTORS + " snapshot " + link + " " + dir.resolve("b") + " P 8");
        assertEquals(group("base"), group("snap"));
        make("other", "0 8 zero");
        assertFalse(group("other").equals(group("base")));
        final DmException e = assertThrows(DmException.class, () -> load("other", origin));
        assertEquals(Errno.EBUSY, e.errno());
        assertTrue(String.valueOf(e.getMessage()).contains("--group " + group("base")), e.getMessage());
    }

    @Test
    void aTransientSnapshotCannotBeMadeToOutliveItsServer() throws Exception {
        create("n");
        final DmException e = assertThrows(
                DmException.class,
                () -> engines.load(
                        Engine.JAVA,
                        new DmTask.TableLoad(
                                id("n"),
                                DmTable.parse("0 8 snapshot " + dir.resolve("a") + " " + dir.resolve("b") + " N 8"),
                                false),
                        new LoadOptions("nbd", 0, 0, "", "queue")));
        assertEquals(Errno.EOPNOTSUPP, e.errno());
    }
}
