package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
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

    @Test
    void whatIsOverInTimeIsAsWithoutIt() {
        assertEquals(
                CliRun.of("check", "--table", "0 8 zero 1").toString(),
                CliRun.of("--timeout=60", "check", "--table", "0 8 zero 1").toString());
    }
}
