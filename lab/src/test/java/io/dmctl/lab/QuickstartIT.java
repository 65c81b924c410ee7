package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `dmctl quickstart` on the host, where neither ublk nor device-mapper is: over NBD, with a registry of its own.
class QuickstartIT {
    @TempDir
    Path dir;

    @Test
    void aFileSystemGoesThroughBothTablesOverNbdAndNothingIsLeft() throws Exception {
        assumeFalse(
                Files.exists(Path.of("/dev/ublk-control")) || Files.exists(Path.of("/sys/module/dm_mod")),
                "this machine has ublk or device-mapper: QuickstartLabIT covers that way");
        final Path run = dir.resolve("run");
        final Guest.Result result = Guest.run(
                Duration.ofMinutes(5),
                List.of(
                        "env",
                        "DMCTL_RUN_DIR=" + run,
                        Guest.checkout().resolve("bin/dmctl").toString(),
                        "quickstart",
                        "--dir",
                        dir.toString()));
        check(result, "Java targets serve an NBD export", "java", " at nbd+unix:///");
        assertEquals("run", Guest.sh("ls " + dir).ok().strip());
        assertEquals(
                "",
                Guest.sh("ls " + run + "/names " + run + "/uuids | grep -v :$ || true")
                        .ok()
                        .strip());
    }

    /// Both tables ran, at such an address, and gave back what was written.
    static void check(Guest.Result result, String why, String engine, String address) {
        final String out = result.ok();
        assertTrue(out.contains(why), result::toString);
        for (String table : List.of("linear", "striped")) {
            assertTrue(
                    out.contains("Table '" + table + "', run by the " + engine + " engine" + address),
                    result::toString);
        }
        assertEquals(
                2,
                out.lines()
                        .filter(line -> line.contains("sha256 of what was read back is the image's"))
                        .count(),
                result::toString);
        assertEquals(
                4, out.lines().filter(line -> line.contains("  target at ")).count(), result::toString);
    }
}
