package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.control.DmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// More threads than queues, and fewer: every tag is served, tables change, the device comes back after its server's
/// death with the same threads, and nothing is lost meanwhile.
@LabTest(
        cpus = 2,
        disks = {"32M", "32M"},
        timeoutSeconds = 600)
class ThreadsLabIT {
    private static final String NAME = "threads_dmctl_test_delme";
    private static final String LINEAR = "0 32768 linear /dev/ubda 0";
    private static final String KEY = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";
    private static final String CRYPT = "0 32768 crypt aes-xts-plain64 " + KEY + " 0 /dev/ubdb 0";
    private static final String HALVES = "0 16384 linear /dev/ubda 0\n16384 16384 linear /dev/ubda 16384";
    private static final long SEED = Long.getLong("dmctl.seed", 20261128);
    private static final int CYCLES = LabBoot.cycles(20, 1);
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME);
        devices.close();
        Remains.requireNone();
    }

    private static void create(int queues, int threads, String mode, String recovery, String table) throws IOException {
        Guest.dmctl(
                        "create",
                        NAME,
                        "--transport",
                        "ublk",
                        "--queues",
                        "" + queues,
                        "--depth",
                        "16",
                        "--threads",
                        "" + threads,
                        "--io-mode",
                        mode,
                        "--recovery",
                        recovery,
                        "--table",
                        table)
                .ok();
    }

    /// Of the device's I/O threads, as the kernel has them.
    private static List<String> namesOfThreads() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + Remains.server().pid() + "/task"))) {
            return tasks.map(task -> text(task.resolve("comm")))
                    .filter(name -> name.matches("ublk[0-9]+-[qt][0-9]+"))
                    .map(name -> name.replaceFirst(".*-", ""))
                    .sorted()
                    .toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // the thread has ended
        }
    }

    private StampedLoad load() throws IOException {
        return new StampedLoad(Path.of("/dev/mapper", NAME), 32768, 4, SEED);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 3, copy", "1, 3, zero-copy", "1, 3, user-copy",
        "2, 1, zero-copy", "2, 1, get-data", "2, 5, copy"
    })
    void theyServeEveryTagAndComeBack(int queues, int threads, String mode) throws Exception {
        create(queues, threads, mode, "reissue", LINEAR);
        final List<String> names = List.of("t0", "t1", "t2", "t3", "t4").subList(0, threads);
        assertEquals(names, namesOfThreads());
        final String info = Guest.dmctl("info", NAME).ok();
        final String words = threads + (threads == 1 ? " thread" : " threads");
        assertTrue(info.contains("Queues:            " + queues + " x 16, " + words + ", idle block, on CPUs "), info);
        assertTrue(Guest.dmctl("info", "--json", NAME).ok().contains("\"threads\":" + threads), "threads as JSON");
        try (StampedLoad load = load()) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                devices.swapJava(NAME, cycle % 2 == 0 ? HALVES : LINEAR);
                load.awaitWrites(100, BOUND);
                final ProcessHandle server = Remains.server();
                Guest.sh("kill -KILL " + server.pid()).ok();
                server.onExit().get(BOUND.toSeconds(), TimeUnit.SECONDS);
                assertEquals(List.of(DmName.mangle(NAME)), devices.engines().recover(DmName.mangle(NAME)));
                assertEquals(names, namesOfThreads());
                load.awaitWrites(100, BOUND);
            }
            assertEquals(List.of(DmName.mangle(NAME)), devices.engines().upgrade(DmName.mangle(NAME)));
            assertEquals(names, namesOfThreads());
            load.awaitWrites(100, BOUND);
            assertEquals(0, load.failed.get(), "requests failed");
        }
    }

    /// A target that looks at the bytes, whose own threads hand the requests back to whom they came from.
    @ParameterizedTest
    @CsvSource({"1, 3, copy", "1, 3, zero-copy", "2, 1, zero-copy"})
    void cryptGivesEachRequestBackToItsThread(int queues, int threads, String mode) throws Exception {
        create(queues, threads, mode, "none", CRYPT);
        try (StampedLoad load = load()) {
            load.awaitWrites(1000, BOUND);
            assertEquals(0, load.failed.get(), "requests failed");
        }
    }
}
