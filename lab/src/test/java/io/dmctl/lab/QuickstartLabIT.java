package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `dmctl quickstart` as a new user sees it: both tables on /dev/ublkbN, without ublk by the kernel; and nothing left.
@LabTest(memory = "4G", timeoutSeconds = 600)
class QuickstartLabIT {
    @Test
    void withoutUblkTheKernelRunsTheTables() throws Exception {
        Guest.sh("mv /dev/ublk-control /dev/ublk-hidden").ok();
        try {
            final Guest.Result result = quickstart();
            QuickstartIT.check(result, "the kernel runs the tables", "kernel", "");
            assertEquals("", Guest.sh("losetup -a").ok());
        } finally {
            Guest.sh("mv /dev/ublk-hidden /dev/ublk-control").ok();
        }
        Remains.requireNone();
    }

    private static Guest.Result quickstart() {
        return Guest.run(
                Duration.ofSeconds(200),
                List.of(Guest.checkout().resolve("bin/dmctl").toString(), "quickstart"));
    }

    @Test
    void aFileSystemGoesThroughBothTablesAndNothingIsLeft() throws Exception {
        final Guest.Result result = quickstart();
        QuickstartIT.check(result, "Java targets serve block devices", "java", " at /dev/ublkb");
        Remains.requireNone();
        assertEquals(
                "",
                Guest.sh("ls -d /tmp/dmctl-quickstart-* 2>/dev/null || true").ok());
        assertTrue(result.err().isEmpty(), result::toString);
    }
}
