package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server is killed at each step of a device's life: what was acknowledged is there afterwards. Targets whose state
/// is in memory only say so before, and come back empty.
@LabTest(
        disks = {"32M", "32M"},
        timeoutSeconds = 900)
class RecoveryStepsLabIT {
    private static final String NAME = "steps_dmctl_test_delme";
    private static final String OTHER = "steps_other_dmctl_test_delme";
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);
    private static final int CYCLES = LabBoot.cycles(30, 3);
    private static final long MAX_PAUSE_NS = 1_500_000_000L;
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final long SECTORS = 16384;
    private static final String LINEAR = "0 " + SECTORS + " linear /dev/ubda 0";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME, OTHER);
        devices.close();
        Remains.requireNone();
    }

    private static LoadOptions recovery(String policy) {
        return new LoadOptions("ublk", 1, 32, "", policy);
    }

    private static void kill() throws Exception {
        kill(Remains.server());
    }

    private static void kill(ProcessHandle server) throws Exception {
        Guest.sh("kill -KILL " + server.pid() + " || true").ok();
        server.onExit().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    private List<DmName> recover(String name) throws IOException, DmException {
        return devices.engines().recover(DmName.mangle(name));
    }

    /// What a client can see of a device.
    private record Seen(
            boolean suspended, boolean live, boolean inactive, Optional<String> uuid, String table, String loaded) {}

    private Seen see(String name) throws Exception {
        final var info = devices.info(Engine.JAVA, name);
        return new Seen(
                info.suspended(),
                info.liveTable(),
                info.inactiveTable(),
                info.uuid().map(Object::toString),
                devices.tableText(Engine.JAVA, name),
                devices.engines()
                        .control(Engine.JAVA)
                        .run(new DmTask.TableStatus(Devices.id(name), Kind.TABLE, false, true))
                        .lines()
                        .toString());
    }

    private void requireToSurvive(String step, String name) throws Exception {
        final Seen before = see(name);
        kill();
        assertEquals(List.of(DmName.mangle(name)), recover(name), step);
        assertEquals(before, see(name), step);
    }

    @Test
    void everyStepSurvives() throws Exception {
        devices.reserve(Engine.JAVA, NAME, Optional.empty());
        devices.load(Engine.JAVA, NAME, LINEAR, recovery("reissue"));
        requireToSurvive("first load", NAME);
        devices.resume(Engine.JAVA, NAME);
        requireToSurvive("first resume", NAME);
        devices.suspend(Engine.JAVA, NAME);
        requireToSurvive("suspend", NAME);
        devices.load(Engine.JAVA, NAME, "0 2048 linear /dev/ubdb 8", recovery("reissue"));
        requireToSurvive("load", NAME);
        devices.resume(Engine.JAVA, NAME);
        requireToSurvive("swap", NAME);
        devices.load(Engine.JAVA, NAME, LINEAR, recovery("reissue"));
        devices.engines().control(Engine.JAVA).run(new DmTask.TableClear(Devices.id(NAME)));
        requireToSurvive("clear", NAME);
        Guest.dmctl("rename", NAME, OTHER).ok();
        requireToSurvive("rename", OTHER);
        Guest.sh("dd if=/dev/mapper/" + OTHER + " of=/dev/null bs=4k iflag=direct status=none")
                .ok();
    }

    /// The second server is killed while it takes the device over, and so is what was half taken over.
    @Test
    void aServerThatDiesWhileItRecoversIsRecoveredAgain() throws Exception {
        final SplittableRandom random = new SplittableRandom(SEED);
        devices.create(Engine.JAVA, NAME, LINEAR, recovery("reissue"));
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), SECTORS, 2, SEED)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                load.awaitWrites(20, BOUND);
                kill();
                final CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(this::tryToRecover);
                Await.until("a server starts", BOUND, () -> !Remains.servers().isEmpty());
                LockSupport.parkNanos(random.nextLong(MAX_PAUSE_NS));
                kill(Remains.server());
                first.get(BOUND.toSeconds(), TimeUnit.SECONDS);
                recover(NAME);
                load.awaitWrites(20, BOUND);
                assertEquals(0, load.failed.get(), "with reissue nothing fails, seed " + SEED);
            }
        }
    }

    private boolean tryToRecover() {
        try (Devices own = new Devices()) {
            return !own.engines().recover(DmName.mangle(NAME)).isEmpty();
        } catch (IOException | DmException e) {
            return false; // its server was killed
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 2048 snapshot /dev/ubda /dev/ubdb N 8", "0 2048 log-writes /dev/ubda /dev/ubdb"})
    void whatLivesInMemoryIsRefusedBeforeItIsLost(String table) throws Exception {
        final DmException refused =
                assertThrows(DmException.class, () -> devices.create(Engine.JAVA, NAME, table, recovery("reissue")));
        assertEquals(Errno.EOPNOTSUPP, refused.errno());
        assertTrue(String.valueOf(refused.reason()).contains("--recovery none"), refused::toString);
        assertEquals(Optional.empty(), devices.engines().find(Devices.id(NAME)));
        devices.create(Engine.JAVA, NAME, table, recovery("none"));
        kill();
        final ErrnoException dead = assertThrows(ErrnoException.class, () -> recover(NAME));
        assertEquals(Errno.EINVAL, dead.errno());
        devices.remove(Engine.JAVA, NAME);
        devices.create(Engine.JAVA, NAME, table, recovery("none"));
        Guest.sh("dd if=/dev/mapper/" + NAME + " of=/dev/null bs=4k count=8 iflag=direct status=none")
                .ok();
    }
}
