package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `--timeout`: what is refused, and a command that is over in time. The end of the time is a row of
/// `docs/features.md`.
class TimeLimitTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--timeout            | needs a number of seconds",
                "--timeout=           | must be a number in 1..86400, was ''",
                "--timeout 0 targets  | must be in 1..86400, was 0",
                "--timeout=1h targets | must be a number in 1..86400, was '1h'",
                "--timeout 5          | --timeout 5: a command is missing",
                "--timeouts 5 targets | --timeouts: no such option",
                "--timeout 5 --timeout 6 targets | --timeout: no such command",
            })
    void aLineThatCannotBeMeantIsRefused(String line, String text) {
        final CliRun run = CliRun.of(line.strip().split(" ", -1));
        assertEquals(ExitCode.USAGE.code(), run.exitCode(), run::toString);
        assertTrue(run.err().startsWith("dmctl: ") && run.err().contains(text), run::toString);
    }

    /// What is wrong only when the record is closed comes behind the command's end.
    @Test
    @Timeout(60)
    void aRecordThatIsNotWellIsTold(@TempDir Path folder) throws IOException {
        final Path record = Files.writeString(
                folder.resolve("a.record"), "dmctl-record 1\nseen kernel yes%0adevice-mapper%0a\nend\n");
        final CliRun run = CliRun.of("--timeout=60", "--replay", record.toString(), "--compat=dmsetup", "--version");
        assertEquals(ExitCode.FAILED.code(), run.exitCode(), run::toString);
        assertTrue(run.err().contains("dmctl: " + record + ": line 2: asked for DM_VERSION"), run::toString);
    }

    @Test
    void whatIsOverInTimeIsAsWithoutIt() {
        assertEquals(
                CliRun.of("check", "--table", "0 8 zero 1").toString(),
                CliRun.of("--timeout=60", "check", "--table", "0 8 zero 1").toString());
    }
}
