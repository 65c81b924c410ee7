package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.Registry;
import io.dmctl.backend.client.Supervisor;
import io.dmctl.backend.transport.IoMode;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.lab.parity.BlockIo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server is killed under load and its devices come back, without a lost write. `-Ddmctl.soak` multiplies the
/// cycles.
@LabTest(
        disks = {"64M", "64M"},
        timeoutSeconds = 1500)
class RecoveryLabIT {
    private static final String NAME = "recovery_dmctl_test_delme";
    private static final String UPPER = "recovery_upper_dmctl_test_delme";
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);
    private static final int CYCLES = LabBoot.cycles(100, 3);
    private static final int THREADS = 4;
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final String LINEAR = "0 32768 linear /dev/ubda 0";
    private static final String STRIPED = "0 65536 striped 2 16 /dev/ubda 0 /dev/ubdb 0";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(UPPER, NAME);
        devices.close();
        Remains.requireNone();
    }

    private static LoadOptions recovery(String policy) {
        return new LoadOptions("ublk", 2, 32, "", policy);
    }

    private static void kill() throws Exception {
        final ProcessHandle server = Remains.server();
        Guest.sh("kill -KILL " + server.pid()).ok();
        server.onExit().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    private List<DmName> recover() throws IOException, DmException {
        return devices.engines().recover(DmName.mangle(NAME));
    }

    private StampedLoad load(long sectors) throws IOException {
        return new StampedLoad(Path.of("/dev/mapper", NAME), sectors, THREADS, SEED);
    }

    private void killUnderLoad(String table, long sectors, IoMode mode) throws Exception {
        devices.create(Engine.JAVA, NAME, table, recovery("reissue").withIoMode(mode.word()));
        final String text = devices.tableText(Engine.JAVA, NAME);
        try (StampedLoad load = load(sectors)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                load.awaitWrites(50, BOUND);
                kill();
                assertEquals(List.of(DmName.mangle(NAME)), recover());
                load.awaitWrites(50, BOUND);
                assertEquals(0, load.failed.get(), "with reissue nothing fails");
            }
            assertEquals(text, devices.tableText(Engine.JAVA, NAME));
        }
    }

    @Test
    void reissueLosesNothingOnLinear() throws Exception {
        killUnderLoad(LINEAR, 32768, IoMode.COPY);
    }

    @Test
    void reissueLosesNothingOnLinearInZeroCopy() throws Exception {
        killUnderLoad(LINEAR, 32768, IoMode.ZERO_COPY);
    }

    @Test
    void reissueLosesNothingOnStriped() throws Exception {
        killUnderLoad(STRIPED, 65536, IoMode.COPY);
    }

    @Test
    void queueFailsWhatWasInTheServerAndHoldsWhatComes() throws Exception {
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("queue"));
        try (StampedLoad load = load(32768)) {
            load.awaitWrites(50, BOUND);
            kill();
            recover();
            load.awaitWrites(100, BOUND);
            assertTrue(load.failed.get() <= THREADS, "more failed than were in the server: " + load.failed);
        }
    }

    @Test
    void failFailsEverythingUntilTheRecovery() throws Exception {
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("fail"));
        try (StampedLoad load = load(32768)) {
            load.awaitWrites(50, BOUND);
            kill();
            Await.until("requests fail", BOUND, () -> load.failed.get() > 100);
            recover();
            load.awaitWrites(100, BOUND);
        }
    }

    @Test
    void noneCannotComeBackAndSaysSo() throws Exception {
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("none"));
        kill();
        final ErrnoException e = assertThrows(ErrnoException.class, this::recover);
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(String.valueOf(e.getMessage()).contains("--recovery none"), e.getMessage());
    }

    @Test
    void aLivingServerIsLeftAlone() throws Exception {
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("queue"));
        final long pid = Remains.server().pid();
        assertEquals(List.of(), recover());
        assertEquals(pid, Remains.server().pid());
    }

    @Test
    void aSuspendedDeviceComesBackSuspendedWithItsLoadedTable() throws Exception {
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("reissue"));
        final int events = devices.info(Engine.JAVA, NAME).eventNr();
        devices.suspend(Engine.JAVA, NAME);
        devices.load(Engine.JAVA, NAME, "0 16384 linear /dev/ubdb 64", recovery("reissue"));
        kill();
        recover();
        final var info = devices.info(Engine.JAVA, NAME);
        assertTrue(info.suspended() && info.liveTable() && info.inactiveTable(), info.toString());
        assertTrue(info.eventNr() > events, "a recovery is an event");
        assertEquals("0 32768 linear 98:0 0", devices.tableText(Engine.JAVA, NAME));
        final CompletableFuture<Long> read = CompletableFuture.supplyAsync(() -> readFirst(page(0)));
        Await.until("the read waits", BOUND, () -> Remains.inFlight(Remains.disk(NAME)) == 1);
        assertTrue(!read.isDone());
        devices.resume(Engine.JAVA, NAME);
        assertEquals(4096L, read.get(BOUND.toSeconds(), TimeUnit.SECONDS));
        assertEquals("0 16384 linear 98:16 64", devices.tableText(Engine.JAVA, NAME));
    }

    private static BlockIo open() throws ErrnoException {
        return BlockIo.open("/dev/mapper/" + NAME);
    }

    private static MemorySegment page(int of) {
        return Arena.ofAuto().allocate(4096, 4096).fill((byte) of);
    }

    /// Bytes done, or `-errno`.
    private static long readFirst(MemorySegment to) {
        try (BlockIo io = open()) {
            return io.read(to, 0);
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    private static void requireFirst(int of, String message) {
        final MemorySegment back = page(0);
        assertEquals(4096, readFirst(back));
        assertEquals(-1, back.mismatch(page(of)), message);
    }

    /// The dead server's write is held below for two seconds; it must not land on what is written after the
    /// recovery.
    @ParameterizedTest
    @EnumSource(names = {"COPY", "ZERO_COPY"})
    void aWriteOfADeadServerDoesNotLandAfterTheRecovery(IoMode mode) throws Exception {
        final String slow = "recovery_slow_dmctl_test_delme";
        devices.create(Engine.KERNEL, slow, "0 32768 delay /dev/ubda 0 0 /dev/ubda 0 2000", LoadOptions.DEFAULT);
        try {
            devices.create(
                    Engine.JAVA,
                    NAME,
                    "0 32768 linear /dev/mapper/" + slow + " 0",
                    recovery("queue").withIoMode(mode.word()));
            final String disk = Remains.disk(NAME);
            try (BlockIo io = open()) {
                final CompletableFuture<Long> old = CompletableFuture.supplyAsync(() -> io.write(page(1), 0));
                Await.until("the old write is below", BOUND, () -> Remains.inFlight(disk) == 1);
                kill();
                recover();
                assertEquals(-Errno.EIO, old.get(BOUND.toSeconds(), TimeUnit.SECONDS), "the old write");
                assertEquals(4096, io.write(page(2), 0));
            }
            requireFirst(2, "the later write");
            Guest.sh("dmsetup suspend " + slow + " && dmsetup resume " + slow).ok(); // pushes out what is held
            requireFirst(2, "the dead server's write has landed on a later one");
            devices.remove(Engine.JAVA, NAME);
        } finally {
            devices.remove(Engine.KERNEL, slow);
        }
    }

    @Test
    void aDeviceOnADeviceComesBackWithIt() throws Exception {
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("reissue"));
        devices.create(Engine.JAVA, UPPER, "0 1024 linear /dev/mapper/" + NAME + " 8", recovery("reissue"));
        kill();
        assertEquals(2, recover().size());
        Guest.sh("""
                dd if=/dev/urandom of=/tmp/up bs=64k count=8 status=none
                dd if=/tmp/up of=/dev/mapper/%s bs=64k oflag=direct status=none
                dd if=/dev/mapper/%s bs=512 skip=8 count=1024 iflag=direct status=none | cmp - /tmp/up
                """.formatted(UPPER, NAME)).ok();
        devices.remove(Engine.JAVA, UPPER);
    }

    @Test
    void theSupervisorRecoversAndGivesUpOnAGroupThatDiesAgainAndAgain() throws Exception {
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("reissue"));
        final List<String> told = new ArrayList<>();
        final Supervisor supervisor = new Supervisor(Registry.system(), new Supervisor.Listener() {
            @Override
            public void recovered(String group, List<DmName> names, long tookNs) {
                told.add("recovered");
            }

            @Override
            public void failed(String group, Exception reason) {
                told.add(String.valueOf(reason));
            }

            @Override
            public void gaveUp(String group) {
                told.add("gave up");
            }
        });
        for (int i = 1; i <= Supervisor.MAX_RECOVERIES; i++) {
            final int times = i;
            kill();
            Await.until("recovered", BOUND, () -> {
                supervisor.look(1);
                return told.size() == times;
            });
        }
        kill();
        Await.until("given up", BOUND, () -> {
            supervisor.look(1);
            return told.size() > Supervisor.MAX_RECOVERIES;
        });
        assertEquals("gave up", told.removeLast());
        assertTrue(told.stream().allMatch("recovered"::equals), told.toString());
        supervisor.look(2 + Supervisor.WINDOW_NS);
        assertEquals(Supervisor.MAX_RECOVERIES, told.size(), "went on after it gave up");
        assertEquals(1, recover().size());
    }
}
