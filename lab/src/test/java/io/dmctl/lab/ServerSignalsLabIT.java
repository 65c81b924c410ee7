package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a device when its server, or the client that makes it, is told to end or is killed.
@LabTest(
        disks = {"256M", "256M"},
        timeoutSeconds = 600)
class ServerSignalsLabIT {
    private static final String NAME = "signals_dmctl_test_delme";
    private static final String TABLE = "0 524288 striped 2 128 /dev/ubda 0 /dev/ubdb 0";
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME);
        devices.close();
    }

    private static void kill(String signal, ProcessHandle server) {
        Guest.sh("kill -" + signal + " " + server.pid()).ok();
    }

    private static void requireEnd(ProcessHandle server) throws Exception {
        server.onExit().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    /// Random bytes written through the device come back from it.
    private static void requireIo() {
        Guest.sh("""
                dd if=/dev/urandom of=/tmp/bytes bs=1M count=4 status=none
                dd if=/tmp/bytes of=/dev/mapper/%1$s bs=1M oflag=direct status=none
                dd if=/dev/mapper/%1$s bs=1M count=4 iflag=direct status=none | cmp - /tmp/bytes
                """.formatted(NAME)).ok();
    }

    @Test
    void sigtermRemovesADeviceThatNobodyHasOpen() throws Exception {
        devices.createJava(NAME, TABLE);
        requireIo();
        final ProcessHandle server = Remains.server();
        kill("TERM", server);
        requireEnd(server);
        Remains.requireNone();
    }

    @Test
    void sigtermLeavesADeviceThatIsOpenAndSaysSo() throws Exception {
        devices.createJava(NAME, TABLE);
        final ProcessHandle server = Remains.server();
        final Path log = Path.of("/run/dmctl/groups/0/log");
        try (FileChannel open = FileChannel.open(Path.of("/dev/mapper", NAME), StandardOpenOption.READ)) {
            kill("TERM", server);
            Await.until(
                    "the log names the open device",
                    BOUND,
                    () -> Files.readString(log)
                            .lines()
                            .anyMatch(l -> l.contains("SIGTERM: not ended: " + NAME) && l.contains("EBUSY")));
            assertTrue(open.isOpen());
            assertTrue(server.isAlive());
            assertTrue(devices.info(Engine.JAVA, NAME).openCount() > 0);
            requireIo();
        }
        kill("TERM", server);
        requireEnd(server);
        Remains.requireNone();
    }

    @Test
    void sigkillUnderIoLeavesNothingThatRemoveDoesNotClean() throws Exception {
        devices.createJava(NAME, TABLE);
        final String disk = Remains.disk(NAME);
        final Process fio =
                start("fio --name=k --filename=/dev/" + disk + " --direct=1 --rw=randrw --bs=4k --iodepth=32"
                        + " --ioengine=io_uring --size=256M --time_based --runtime=300");
        final Process dd = start("dd if=/dev/zero of=/dev/" + disk + " bs=64k oflag=seek_bytes conv=notrunc");
        final long before = Remains.requestsDone(disk);
        Await.until("I/O runs", BOUND, () -> Remains.requestsDone(disk) > before + 200);
        kill("KILL", Remains.server());

        assertTrue(fio.waitFor(60, TimeUnit.SECONDS), "fio is stuck");
        assertTrue(dd.waitFor(60, TimeUnit.SECONDS), "dd is stuck");
        assertNotEquals(0, fio.exitValue());
        Await.until(
                "no task waits for the device",
                BOUND,
                () -> Guest.sh("ps -eo stat=,comm= | grep '^D' || true").ok().isEmpty());

        assertTrue(Guest.dmctl("ls").ok().startsWith(NAME), "ls");
        assertTrue(Guest.dmctl("info", NAME).ok().contains("Server:            dead"), "info");
        Guest.dmctl("remove", NAME).ok();
        Remains.requireNone();

        devices.createJava(NAME, TABLE);
        requireIo();
        devices.remove(Engine.JAVA, NAME);
        Remains.requireNone();
    }

    private static Process start(String command) throws java.io.IOException {
        return new ProcessBuilder("sh", "-c", "exec " + command + " >/dev/null 2>&1").start();
    }

    /// A reload would lose the way to what the dead server left.
    @Test
    void aReloadOfADeadServersDeviceIsRefused() throws Exception {
        devices.createJava(NAME, TABLE);
        final ProcessHandle server = Remains.server();
        kill("KILL", server);
        requireEnd(server);
        final var refused = org.junit.jupiter.api.Assertions.assertThrows(
                io.dmctl.bindings.control.DmException.class,
                () -> devices.load(Engine.JAVA, NAME, TABLE, Devices.UBLK));
        assertEquals(io.dmctl.bindings.sys.Errno.EIO, refused.errno(), refused.getMessage());
        devices.remove(Engine.JAVA, NAME);
        Remains.requireNone();
    }

    /// The path whose appearance is the moment at which the client dies.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/run/dmctl/names/" + NAME,
                "/run/dmctl/groups/0/log",
                "/run/dmctl/groups/0/lock",
                "/run/dmctl/groups/0/s",
                "/dev/ublkc0",
                "/dev/ublkb0"
            })
    void removeCleansWhatAKilledClientLeaves(String moment) throws Exception {
        final Process client = new ProcessBuilder(
                        Guest.checkout().resolve("bin/dmctl").toString(),
                        "create",
                        NAME,
                        "--engine",
                        "java",
                        "--table",
                        TABLE)
                .redirectErrorStream(true)
                .redirectOutput(new java.io.File("/dev/null"))
                .start();
        Await.until(moment, Duration.ofSeconds(60), () -> Files.exists(Path.of(moment)));
        client.destroyForcibly();
        client.waitFor();

        devices.remove(Engine.JAVA, NAME);
        Remains.requireNone();
    }
}
