package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kernel only logs why it refuses a table. The command looks at it with our constructors: they must stand
/// being made for a look.
@LabTest(
        disks = {"16M", "16M"},
        timeoutSeconds = 600)
class DiagnosisLabIT {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear /dev/ubda 0",
                "striped 2 128 /dev/ubda 0 /dev/ubdb 0",
                "zero",
                "error",
                "unstriped 2 128 0 /dev/ubda 0",
                "switch 2 128 0 /dev/ubda 0 /dev/ubdb 0",
                "delay /dev/ubda 0 10",
                "flakey /dev/ubda 0 1 1",
                "dust /dev/ubda 0 512",
                "log-writes /dev/ubda /dev/ubdb",
                "crypt aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0 /dev/ubda 0",
                "mirror core 1 1024 2 /dev/ubda 0 /dev/ubdb 0"
            })
    void theFaultBehindAnyTargetIsFound(String target) {
        final Guest.Result refused = Guest.dmctl(
                "create",
                "diagnosis_dmctl_test_delme",
                "--engine",
                "kernel",
                "--table",
                "0 8192 " + target,
                "--table",
                "9000 8 zero");
        assertEquals(6, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("table line 2 (9000 8 zero): zero: Gap in table"), refused::toString);
    }
}
