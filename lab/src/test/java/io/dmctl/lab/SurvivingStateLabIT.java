package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a target keeps in memory, and the kernel as long as its table lives, is there again after the death
/// of the server and after an upgrade.
@LabTest(
        disks = {"16M", "16M"},
        timeoutSeconds = 600)
class SurvivingStateLabIT {
    private static final String NAME = "surviving_dmctl_test_delme";
    private static final String LEG = "surviving_leg_dmctl_test_delme";
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final LoadOptions REISSUE = new LoadOptions("ublk", 2, 32, "", "reissue");
    private static final String GOOD_LEG = "0 16384 linear /dev/ubda 0";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME);
        devices.close();
        Remains.requireNone();
    }

    private void kill() throws Exception {
        final ProcessHandle server = Remains.server();
        Guest.sh("kill -KILL " + server.pid()).ok();
        server.onExit().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    private void killAndRecover() throws Exception {
        kill();
        assertEquals(List.of(DmName.mangle(NAME)), devices.engines().recover(DmName.mangle(NAME)));
    }

    private void upgrade() throws Exception {
        final long old = Remains.server().pid();
        assertEquals(List.of(DmName.mangle(NAME)), devices.engines().upgrade(DmName.mangle(NAME)));
        assertNotEquals(old, Remains.server().pid());
    }

    private String message(String words) throws Exception {
        return devices.engines()
                .control(Engine.JAVA)
                .run(new DmTask.TargetMessage(Devices.id(NAME), 0, words))
                .orElse("");
    }

    private String status() throws Exception {
        return devices.statusText(Engine.JAVA, NAME, Kind.INFO);
    }

    private static boolean reads(int block) {
        return Guest.sh("dd if=/dev/mapper/" + NAME + " of=/dev/null bs=4k count=1 iflag=direct status=none skip="
                                + block)
                        .exitCode()
                == 0;
    }

    /// Files of surviving state.
    private static long kept() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("/run/dmctl/groups"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("kept."))
                    .count();
        }
    }

    @Test
    void dustKeepsItsList() throws Exception {
        devices.create(Engine.JAVA, NAME, "0 16384 dust /dev/ubda 0 4096", REISSUE);
        for (String words : List.of("enable", "quiet", "addbadblock 3", "addbadblock 5 2", "addbadblock 9")) {
            message(words);
        }
        Guest.sh("dd if=/dev/zero of=/dev/mapper/" + NAME + " bs=4k count=1 seek=9 oflag=direct status=none")
                .ok(); // mends it
        final String before = status();
        killAndRecover();
        assertEquals(before, status());
        assertTrue(before.endsWith("fail_read_on_bad_block quiet"), before);
        assertEquals("3\n5\n", message("listbadblocks"));
        assertTrue(!reads(3) && !reads(5) && reads(9) && reads(4));
        message("removebadblock 3");
        upgrade();
        assertEquals(before, status());
        assertEquals("5\n", message("listbadblocks"));
        assertTrue(reads(3) && !reads(5));
        assertTrue(kept() > 0);
        devices.load(Engine.JAVA, NAME, "0 16384 dust /dev/ubda 0 4096", REISSUE);
        devices.resume(Engine.JAVA, NAME);
        assertEquals("No blocks in badblocklist", message("listbadblocks"), "the list lives as long as the table");
        devices.load(Engine.JAVA, NAME, "0 16384 linear /dev/ubda 0", REISSUE);
        devices.resume(Engine.JAVA, NAME);
        assertEquals(0, kept(), "files of tables that are gone");
    }

    @Test
    void switchKeepsItsMapping() throws Exception {
        Guest.sh("""
                yes a | tr -d '\\n' | dd of=/dev/ubda bs=64k count=16 iflag=fullblock oflag=direct status=none
                yes b | tr -d '\\n' | dd of=/dev/ubdb bs=64k count=16 iflag=fullblock oflag=direct status=none
                """).ok();
        devices.create(Engine.JAVA, NAME, "0 64 switch 2 8 0 /dev/ubda 0 /dev/ubdb 0", REISSUE);
        assertEquals("abababab", regions());
        message("set_region_mappings 0:1 :0 :0 7:0");
        assertEquals("baababaa", regions());
        killAndRecover();
        assertEquals("baababaa", regions());
        message("set_region_mappings 6:1");
        upgrade();
        assertEquals("baababba", regions());
        devices.load(Engine.JAVA, NAME, "0 64 switch 2 8 0 /dev/ubda 0 /dev/ubdb 0", REISSUE);
        killAndRecover();
        assertEquals("baababba", regions(), "the table that is loaded has a mapping of its own");
        devices.resume(Engine.JAVA, NAME);
        assertEquals("abababab", regions());
    }

    /// The first letter of each region.
    private static String regions() {
        return Guest.sh("for i in 0 1 2 3 4 5 6 7; do dd if=/dev/mapper/" + NAME
                        + " bs=4k count=1 skip=$i iflag=direct status=none | head -c 1; done")
                .ok();
    }

    private void leg(String table) {
        Guest.sh("dmsetup reload " + LEG + " --table '" + table + "' && dmsetup suspend --noflush " + LEG
                        + " && dmsetup resume " + LEG)
                .ok();
    }

    /// One leg misses a write; once it is back, the next server brings it up to date from the other one.
    private void missOneWrite(String mirror, Runnable handover) throws Exception {
        devices.create(Engine.KERNEL, LEG, GOOD_LEG, LoadOptions.DEFAULT);
        try {
            Guest.sh("dd if=/dev/zero of=/dev/ubda bs=64k count=128 oflag=direct status=none;"
                            + " dd if=/dev/zero of=/dev/ubdb bs=64k count=128 oflag=direct status=none")
                    .ok();
            devices.create(Engine.JAVA, NAME, mirror.formatted(LEG), REISSUE);
            leg("0 16384 error");
            final byte[] written = new byte[1 << 16];
            Arrays.fill(written, (byte) 7);
            Files.write(Path.of("/tmp/missed"), written);
            Guest.sh("dd if=/tmp/missed of=/dev/mapper/" + NAME + " bs=64k seek=3 oflag=direct status=none")
                    .ok();
            final String after = status();
            assertTrue(after.contains(" 15/16 1 "), after);
            leg(GOOD_LEG);
            handover.run();
            Await.until("the leg is copied", BOUND, () -> status().contains(" 16/16 1 AA "));
            for (String disk : List.of("/dev/ubda", "/dev/ubdb")) {
                Guest.sh("dd if=" + disk + " of=/tmp/leg bs=64k skip=3 count=1 iflag=direct status=none")
                        .ok();
                assertArrayEquals(written, Files.readAllBytes(Path.of("/tmp/leg")), disk);
            }
        } finally {
            devices.removeIfThere(NAME);
            devices.remove(Engine.KERNEL, LEG);
        }
    }

    private Runnable step(Step step) {
        return () -> {
            try {
                step.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private interface Step {
        void run() throws Exception;
    }

    @Test
    void mirrorKnowsWhatItsCoreLogHadOutOfSync() throws Exception {
        missOneWrite("0 16384 mirror core 2 1024 nosync 2 /dev/ubdb 0 /dev/mapper/%s 0", step(this::killAndRecover));
    }

    @Test
    void mirrorKnowsWhichLegIsTheGoodOne() throws Exception {
        missOneWrite(
                "0 16384 mirror core 2 1024 nosync 2 /dev/mapper/%s 0 /dev/ubdb 0 2 handle_errors keep_log",
                step(this::killAndRecover));
    }

    @Test
    void mirrorKnowsItAfterAnUpgrade() throws Exception {
        missOneWrite(
                "0 16384 mirror core 2 1024 nosync 2 /dev/mapper/%s 0 /dev/ubdb 0 2 handle_errors keep_log",
                step(this::upgrade));
    }
}
