package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UsageErrorsTest {
    @ParameterizedTest
    @EnumSource(CommandName.class)
    void unknownOptionIsNamed(CommandName name) {
        CliRun.of(name.word(), "--no-such-option").refused(ExitCode.USAGE, "dmctl " + name.word(), "--no-such-option");
    }

    /// A command line behind the bar, and what the complaint must name.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create                                  | NAME",
                "create a file extra                     | 'extra'",
                "create a/b --notable                    | a/b",
                "create . --notable                      | reserved",
                "create a --notable --table x            | --table",
                "create a --notable file                 | file",
                "create a file --table x                 | 'file'",
                "create a --engine gpu --notable         | --engine must be one of auto, kernel, java, was 'gpu'",
                "create a --transport tcp --notable      | --transport must be one of auto, ublk, nbd, embedded",
                "create a --queues 0 --notable           | --queues must be in 1..4096, was 0",
                "create a --queues 4097 --notable        | --queues must be in 1..4096, was 4097",
                "create a --depth many --notable         | --depth must be a number in 1..4096, was 'many'",
                "create a --depth -1 --notable           | --depth",
                "create a --group ../x --notable         | --group",
                "create a --minor 1048576 --notable      | --minor must be in 0..1048575",
                "create a --minor 1 --engine java -n     | --minor",
                "create a -n --depth 4 --depth 5         | --depth",
                "create a -n --depth                     | --depth",
                "remove                                  | no device is named",
                "remove -u u extra                       | 'extra'",
                "remove a/b                              | a/b",
                "reload                                  | no device is named",
                "reload a b c                            | 'c'",
                "load a b c                              | 'c'",
                "reload a --queues x                     | --queues",
                "suspend                                 | no device is named",
                "suspend --noflush=1 a                   | --noflush",
                "resume                                  | no device is named",
                "resume -j 1 a                           | --major needs --minor",
                "rename                                  | no device is named",
                "rename a                                | the new name",
                "rename a b c                            | 'c'",
                "rename a b --setuuid u                  | 'b'",
                "table -j 1                              | --major needs --minor",
                "table -m 1                              | --minor needs --major",
                "table -j 4096 -m 0                      | --major must be in 0..4095, was 4096",
                "table -j 1 -m 1 -u x                    | --uuid and --major/--minor",
                "table --target                          | --target",
                "status -u u extra                       | 'extra'",
                "info a/b                                | a/b",
                "ls extra                                | 'extra'",
                "deps -j x -m 1                          | --major must be a number in 0..4095, was 'x'",
                "targets --engine gpu                    | --engine",
                "targets extra                           | 'extra'",
                "version extra                           | 'extra'",
                "features extra                          | 'extra'",
                "message a                               | NAME SECTOR WORD...",
                "message a 0                             | SECTOR and the words",
                "message a x hello                       | SECTOR must be a number",
                "message a -1 hello                      | SECTOR must be in",
                "wait                                    | no device is named",
                "wait a b                                | EVENT must be a number",
                "wait a 4294967296                       | EVENT must be in 0..4294967295",
                "wait a 1 2                              | '2'",
                "wait --timeout soon a                   | --timeout must be a number",
                "clear                                   | no device is named",
            })
    void badArgumentIsNamed(String line, String named) {
        final String[] args = line.strip().split(" +", -1);
        final String word = args[0].equals("load") ? "reload" : args[0];
        final CliRun run = CliRun.of(args);
        run.refused(ExitCode.USAGE, "dmctl " + word, named);
        assertTrue(run.err().endsWith("dmctl " + word + ": dmctl " + word + " --help tells how it is called\n"));
    }

    @Test
    void unknownCommandIsNamed() {
        final CliRun run = CliRun.of("craete");
        assertEquals(ExitCode.USAGE.code(), run.exitCode());
        assertEquals("dmctl: craete: no such command\ndmctl: dmctl --help lists the commands\n", run.err());
    }

    @Test
    void nothingAtAllIsAHelpPageAndAFailure() {
        final CliRun run = CliRun.of();
        assertEquals(ExitCode.USAGE.code(), run.exitCode());
        assertEquals("", run.out());
        assertTrue(run.err().contains("Usage: dmctl COMMAND"));
    }
}
