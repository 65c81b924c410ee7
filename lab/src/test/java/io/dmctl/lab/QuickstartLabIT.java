package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `dmctl quickstart` as a new user with ublk sees it: both tables on /dev/ublkbN, and nothing left.
@LabTest(memory = "4G", timeoutSeconds = 240)
class QuickstartLabIT {
    @Test
    void aFileSystemGoesThroughBothTablesAndNothingIsLeft() throws Exception {
        final Guest.Result result = Guest.run(
                Duration.ofSeconds(200),
                List.of(Guest.checkout().resolve("bin/dmctl").toString(), "quickstart"));
        QuickstartIT.check(result, "Java targets serve block devices", "at /dev/ublkb");
        Remains.requireNone();
        assertEquals(
                "",
                Guest.sh("ls -d /tmp/dmctl-quickstart-* 2>/dev/null || true").ok());
        assertTrue(result.err().isEmpty(), result::toString);
    }
}
