package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every byte under load is right while tables change: no I/O fails, none is lost.
@LabTest(
        cpus = 2,
        disks = {"256M", "256M"},
        timeoutSeconds = 600)
class StripedVerifyLabIT {
    private static final String NAME = "verify_dmctl_test_delme";
    private static final String WHOLE = "0 1048576 striped 2 64 /dev/ubda 0 /dev/ubdb 0";
    /// The same content by two targets.
    private static final String HALVES = """
            0 524288 striped 2 64 /dev/ubda 0 /dev/ubdb 0
            524288 524288 striped 2 64 /dev/ubda 262144 /dev/ubdb 262144""";

    private static final int SWAPS = LabBoot.cycles(200, 30);
    /// A start of the command line takes seconds under this load.
    private static final int SWAPS_BY_COMMAND = LabBoot.soakSeconds(0) > 0 ? 10 : 2;
    /// Requests that must be done while tables change, a swap: fewer means that swaps starve I/O.
    private static final int REQUESTS_A_SWAP = 5;

    /// Rounds after the first, until the swaps are done.
    private static final int LATER_SECONDS = 15;

    private static final Pattern TOTAL =
            Pattern.compile("\"(read|write|trim)\" : \\{.*?\"total_ios\" : (\\d+)", Pattern.DOTALL);
    private static final Pattern ERROR = Pattern.compile("\"error\" : (\\d+)");

    @Test
    void verifiedIoGoesOnWhileTablesChange() throws Exception {
        try (Devices devices = new Devices()) {
            devices.create(Engine.JAVA, NAME, WHOLE, new LoadOptions("ublk", 2, 0, ""));
            final String disk = Remains.disk(NAME);
            assertTrue(Files.isDirectory(Path.of("/sys/block", disk, "mq/1")), "two queues");

            final FutureTask<Void> swapping = new FutureTask<>(() -> swap(devices, disk), null);
            final Thread swapper = Thread.ofPlatform().daemon().name("swapper").unstarted(swapping);
            int rounds = 0;
            do {
                if (rounds == 0) {
                    swapper.start();
                }
                verify(disk, rounds == 0 ? LabBoot.soakSeconds(20) : LATER_SECONDS);
                rounds++;
            } while (!swapping.isDone());
            swapping.get();

            assertEquals(WHOLE, unnamed(devices.tableText(Engine.JAVA, NAME)));
            devices.remove(Engine.JAVA, NAME);
            Remains.requireNone();
        }
    }

    /// TABLE prints device numbers; ubda is 98:0, ubdb 98:16.
    private static String unnamed(String table) {
        return table.replace("98:0 ", "/dev/ubda ").replace("98:16 ", "/dev/ubdb ");
    }

    private static void swap(Devices devices, String disk) {
        try {
            final long idle = Remains.requestsDone(disk);
            Await.until("fio runs", Duration.ofSeconds(60), () -> Remains.requestsDone(disk) > idle + 100);
            final long before = Remains.requestsDone(disk);
            for (int i = 0; i < SWAPS; i++) {
                devices.swapJava(NAME, i % 2 == 0 ? HALVES : WHOLE);
                assertEquals(i % 2 == 0 ? 2 : 1, devices.info(Engine.JAVA, NAME).targetCount());
            }
            final long done = Remains.requestsDone(disk) - before;
            assertTrue(done > (long) SWAPS * REQUESTS_A_SWAP, done + " requests during " + SWAPS + " swaps");
            for (int i = 0; i < SWAPS_BY_COMMAND; i++) {
                Guest.dmctl("reload", NAME, "--table", i % 2 == 0 ? HALVES : WHOLE)
                        .ok();
                Guest.dmctl("resume", NAME).ok();
            }
        } catch (Exception e) {
            throw new AssertionError("swaps", e);
        }
    }

    /// One run of fio: two jobs, one a CPU and so a queue, each on its half. Reads are verifications only, mixed with
    /// the
    /// writes by the backlog.
    private static void verify(String disk, int seconds) throws Exception {
        final Path json = Files.createTempFile("fio", ".json");
        final Guest.Result fio = Guest.run(
                Duration.ofSeconds(seconds + 90L),
                List.of(
                        "fio",
                        "--name=verify",
                        "--filename=/dev/" + disk,
                        "--ioengine=io_uring",
                        "--direct=1",
                        "--rw=randwrite",
                        "--bsrange=512-1M",
                        "--blockalign=512",
                        "--iodepth=32",
                        "--verify=crc32c",
                        "--verify_backlog=64",
                        "--verify_fatal=1",
                        "--verify_state_save=0",
                        "--numjobs=2",
                        "--size=256M",
                        "--offset_increment=256M",
                        "--cpus_allowed=0,1",
                        "--cpus_allowed_policy=split",
                        "--time_based",
                        "--runtime=" + seconds,
                        "--group_reporting",
                        "--output-format=json",
                        "--output=" + json));
        assertEquals(0, fio.exitCode(), fio::toString);
        final String report = Files.readString(json);
        final Matcher error = ERROR.matcher(report);
        assertTrue(error.find(), report);
        assertEquals("0", error.group(1));
        assertFalse(error.find(), "one job group");
        long reads = 0;
        long writes = 0;
        final Matcher total = TOTAL.matcher(report);
        while (total.find()) {
            switch (total.group(1)) {
                case "read" -> reads += Long.parseLong(total.group(2));
                case "write" -> writes += Long.parseLong(total.group(2));
                default -> assertEquals("0", total.group(2));
            }
        }
        System.out.println("fio: " + writes + " writes, " + reads + " verifying reads");
        assertTrue(writes > 1000 && reads > 1000, writes + " writes, " + reads + " verifying reads");
    }
}
