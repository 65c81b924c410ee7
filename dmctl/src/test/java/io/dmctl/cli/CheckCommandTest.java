package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckCommandTest {
    @TempDir
    Path dir;

    private static CliRun checkOf(String... table) {
        return CliRun.withInput(String.join("\n", table), "check", "--no-devices");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 8192 linear /dev/x 0",
                "0 8192 striped 2 128 /dev/x 0 /dev/y 0",
                "0 8192 zero",
                "0 8192 delay /dev/x 0 10",
                "0 8192 flakey /dev/x 0 1 1 1 drop_writes",
                "0 8192 dust /dev/x 0 512",
                "0 8192 log-writes /dev/x /dev/y",
                "0 8192 crypt aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0 /dev/x 0",
                "0 8192 mirror core 1 1024 2 /dev/x 0 /dev/y 0",
                "0 8192 snapshot /dev/x /dev/y P 8",
                "0 8192 snapshot-origin /dev/x"
            })
    void aGoodLineOfAnyTargetIsValid(String line) {
        assertEquals("valid: 1 lines\n", checkOf(line).out(), checkOf(line)::toString);
    }

    @Test
    void everyLineAtFaultIsTold() {
        final CliRun run = checkOf("0 8 linear /dev/x", "8 8 zero", "20 8 zero", "28 8 striped 3 4 /dev/x 0");
        assertEquals(ExitCode.INVALID_TABLE.code(), run.exitCode(), run::toString);
        assertTrue(
                run.err().contains("table line 1 (0 8 linear), argument 2 (missing): linear: Invalid argument count"),
                run::toString);
        assertTrue(run.err().contains("table line 3 (20 8 zero): Gap in table"), run::toString);
        assertTrue(run.err().contains("table line 4 (28 8 striped)"), run::toString);
    }

    @Test
    void aTargetThatIsNotKnownIsNotJudged() {
        checkOf("0 8 thin-pool a b 128 0").refused(ExitCode.UNSUPPORTED, "dmctl check", "thin-pool: not judged");
    }

    @Test
    void devicesAreLookedAt() throws Exception {
        final Path file = dir.resolve("disk");
        Files.write(file, new byte[8 << 9]);
        assertEquals(
                "valid: 1 lines\n",
                CliRun.withInput("0 8 linear " + file + " 0", "check").out());
        CliRun.withInput("0 9 linear " + file + " 0", "check")
                .refused(ExitCode.INVALID_TABLE, "dmctl check", "too small for target");
        CliRun.withInput("0 8 linear " + file + ".gone 0", "check")
                .refused(ExitCode.INVALID_TABLE, "dmctl check", "ENOENT");
    }

    @Test
    void jsonHasALineForEach() {
        final CliRun run = CliRun.withInput("0 8 zero\n8 8 thin x 0\n16 8 linear x", "check", "--json", "--no-devices");
        assertEquals("""
                {"schema":1,"command":"check","lines":[\
                {"start_sectors":0,"len_sectors":8,"type":"zero","valid":true},\
                {"start_sectors":8,"len_sectors":8,"type":"thin","valid":null},\
                {"start_sectors":16,"len_sectors":8,"type":"linear","valid":false,"errno":"EINVAL","argument":2,\
                "reason":"linear: Invalid argument count"}],\
                "error":{"exit_code":6,"reason":"table line 3 (16 8 linear), argument 2 (missing): linear: Invalid argument count: EINVAL","remedy":""}}
                """, run.out());
        assertEquals(ExitCode.INVALID_TABLE.code(), run.exitCode(), run::toString);
    }

    @Test
    void aKeyIsNotTold() {
        final CliRun run = checkOf("0 8 crypt aes-xts-plain64 0011223344 0 /dev/x 0");
        assertEquals(ExitCode.INVALID_TABLE.code(), run.exitCode(), run::toString);
        assertTrue(!run.err().contains("0011223344"), run::toString);
    }
}
