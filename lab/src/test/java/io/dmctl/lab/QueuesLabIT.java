package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The threads of a ublk device's queues: where they run, what they do when they are idle, how much a queue
/// takes, in which order.
@LabTest(
        cpus = 2,
        disks = {"32M"},
        timeoutSeconds = 600)
class QueuesLabIT {
    private static final String NAME = "queues_dmctl_test_delme";
    private static final String BELOW = "queues_below_dmctl_test_delme";
    private static final String LINEAR = "0 32768 linear /dev/ubda 0";
    private static final Duration BOUND = Duration.ofSeconds(60);
    /// UBLK_MAX_QUEUE_DEPTH
    private static final int DEEPEST = 4096;

    private static final int WRITES = LabBoot.cycles(20_000, 500);
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME, BELOW);
        devices.close();
        Remains.requireNone();
    }

    private void make(String table, int queues, int depth, String idle, String affinity) throws Exception {
        devices.create(
                Engine.JAVA, NAME, table, new LoadOptions("ublk", queues, depth, "").withThreads(0, idle, affinity));
    }

    /// The CPUs of each queue's thread, as the kernel has them.
    private static Map<String, String> cpusOfThreads() throws IOException {
        final Map<String, String> cpus = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + Remains.server().pid() + "/task"))) {
            for (Path task : tasks.toList()) {
                final String name = Files.readString(task.resolve("comm")).strip();
                if (name.matches("ublk[0-9]+-q[0-9]+")) {
                    cpus.put(
                            name.replaceFirst(".*-", ""),
                            Files.readAllLines(task.resolve("status")).stream()
                                    .filter(l -> l.startsWith("Cpus_allowed_list:"))
                                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                                    .findFirst()
                                    .orElseThrow());
                }
            }
        }
        return cpus;
    }

    @Test
    void eachQueueRunsOnItsCpusAndSaysSo() throws Exception {
        make(LINEAR, 2, 64, "block", "queue");
        final Map<String, String> cpus = cpusOfThreads();
        assertEquals(
                Map.of(
                        "q0",
                        Files.readString(mask(0)).strip(),
                        "q1",
                        Files.readString(mask(1)).strip()),
                cpus);
        assertEquals(2, List.copyOf(cpus.values()).stream().distinct().count(), "one CPU each: " + cpus);
        final String text = Guest.dmctl("info", NAME).ok();
        assertTrue(
                text.contains("Queues:            2 x 64, idle block, on CPUs " + cpus.get("q0") + " " + cpus.get("q1")
                        + "\n"),
                text);
        final String json = Guest.dmctl("info", "--json", NAME).ok();
        assertTrue(
                json.contains("\"queues\":2,\"queue_depth\":64,\"idle\":\"block\",\"queue_cpus\":[\"" + cpus.get("q0")
                        + "\",\"" + cpus.get("q1") + "\"]"),
                json);
    }

    /// What the kernel sends to a queue.
    private static Path mask(int queue) throws IOException {
        return Path.of("/sys/block", Remains.disk(NAME), "mq", Integer.toString(queue), "cpu_list");
    }

    @Test
    void withoutAffinityTheyRunAnywhere() throws Exception {
        make(LINEAR, 2, 64, "block", "none");
        assertEquals(Map.of("q0", "0-1", "q1", "0-1"), cpusOfThreads());
    }

    @Test
    void theCommandLineTakesThemAndRefusesWhatIsNone() throws Exception {
        Guest.dmctl(
                        "create",
                        NAME,
                        "--queues",
                        "2",
                        "--depth",
                        "32",
                        "--idle",
                        "spin-then-block",
                        "--affinity",
                        "none",
                        "--table",
                        LINEAR)
                .ok();
        final String text = Guest.dmctl("info", NAME).ok();
        assertTrue(text.contains("Queues:            2 x 32, idle spin-then-block:50\n"), text);
        final Guest.Result usage = Guest.dmctl("create", "x", "--idle", "sleep", "--table", "0 8 zero");
        assertEquals(2, usage.exitCode(), usage::toString);
        final Guest.Result nbd =
                Guest.dmctl("create", "x", "--transport", "nbd", "--idle", "spin", "--table", "0 8 zero");
        assertEquals(8, nbd.exitCode(), nbd::toString);
        assertTrue(nbd.err().contains("use --transport ublk"), nbd::toString);
        final Guest.Result threads =
                Guest.dmctl("create", "x", "--transport", "nbd", "--threads", "2", "--table", "0 8 zero");
        assertEquals(8, threads.exitCode(), threads::toString);
        assertTrue(threads.err().contains("--threads 2: transport nbd has one thread a queue"), threads::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"block", "spin-then-block:1", "spin-then-block:2000", "spin"})
    void whateverTheyDoWhenIdleNothingIsLost(String idle) throws Exception {
        make(LINEAR, 2, 32, idle, "queue");
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), 32768, 3, SEED)) {
            load.awaitWrites(WRITES, BOUND);
            devices.suspend(Engine.JAVA, NAME); // from another thread: a wake-up must not be missed
            devices.resume(Engine.JAVA, NAME);
            load.awaitWrites(50, BOUND);
            assertEquals(0, load.failed.get(), "requests failed");
        }
    }

    /// From one CPU all goes through one queue, in the order in which it was written. The device below ends
    /// requests at once, so that their records are in the order in which they came.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void sequentialWritesKeepTheirOrder(int queues) throws Exception {
        devices.createJava(BELOW, "0 32768 null");
        make("0 32768 trace /dev/mapper/" + BELOW + " 0 1 buffer_entries:65536", queues, 128, "block", "queue");
        Guest.sh("fio --name=seq --filename=/dev/mapper/" + NAME
                        + " --rw=write --bs=4k --iodepth=32 --size=8M --direct=1"
                        + " --ioengine=io_uring --cpus_allowed=1")
                .ok();
        final List<Long> sectors = new ArrayList<>();
        for (String lines = read(); !lines.isEmpty(); lines = read()) {
            lines.lines()
                    .map(l -> l.split(" "))
                    .filter(w -> w[2].equals("write"))
                    .forEach(w -> {
                        sectors.add(Long.parseLong(w[3]));
                    });
        }
        assertEquals(2048, sectors.size());
        assertEquals(sectors.stream().sorted().toList(), sectors);
    }

    /// The most that the driver takes: every tag is with the target at once, none waits in front of it.
    @Test
    void aQueueOf4096TagsHasThemAllInFlight() throws Exception {
        make("0 32768 delay /dev/ubda 0 600000", 1, DEEPEST, "block", "queue");
        final String disk = Remains.disk(NAME);
        assertEquals(
                DEEPEST + "",
                Files.readString(Path.of("/sys/block", disk, "queue/nr_requests"))
                        .strip());
        final long fio = Long.parseLong(Guest.sh("(fio --name=deep --filename=/dev/mapper/" + NAME
                        + " --rw=randread --bs=4k --iodepth=" + DEEPEST + " --number_ios=" + DEEPEST
                        + " --direct=1 --ioengine=io_uring >/dev/shm/deep 2>&1; echo $? >/dev/shm/deep.code) & echo $!")
                .ok()
                .strip());
        Await.until("all tags are in flight", BOUND, () -> Remains.inFlight(disk) == DEEPEST);
        Await.until("the target has them", BOUND, () -> waiting().equals("0 32768 delay " + DEEPEST + " 0 0"));
        assertEquals(DEEPEST, Remains.inFlight(disk));
        devices.suspend(Engine.JAVA, NAME); // it does not wait for the delays
        devices.resume(Engine.JAVA, NAME);
        ProcessHandle.of(fio)
                .ifPresent(p -> p.onExit()
                        .orTimeout(BOUND.toSeconds(), TimeUnit.SECONDS)
                        .join());
        assertEquals(
                "0",
                Files.readString(Path.of("/dev/shm/deep.code")).strip(),
                () -> Guest.sh("cat /dev/shm/deep").ok());
    }

    private String waiting() throws Exception {
        return devices.statusText(Engine.JAVA, NAME, DmTask.TableStatus.Kind.INFO);
    }

    private String read() throws Exception {
        return devices.engines()
                .control(Engine.JAVA)
                .run(new DmTask.TargetMessage(Devices.id(NAME), 0, "read 128"))
                .orElse("");
    }
}
