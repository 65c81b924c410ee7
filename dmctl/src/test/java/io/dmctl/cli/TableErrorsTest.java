package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableErrorsTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x 8 zero                     | line 1, column 1: start sector",
                "0 8x zero                    | line 1, column 4: length",
                "0 -8 zero                    | line 1, column 3: length",
                "0 0x8 zero                   | line 1, column 4: length",
                "0 8                          | line 1, column 4: target type is missing",
                "0                            | line 1, column 2: length in sectors is missing",
                "0 18446744073709551616 zero  | line 1, column 3: length in sectors does not fit in 64 bits",
                "0 8 sixteen_letters_ 1       | line 1, column 5: target type must have at most 15 bytes",
            })
    void syntaxErrorHasLineAndColumn(String table, String where) {
        CliRun.of("create", "x_dmctl_test_delme", "--table", table)
                .refused(ExitCode.INVALID_TABLE, "dmctl create", "table: " + where);
    }

    @Test
    void linesAreCountedOverCommentsAndOptions() {
        CliRun.withInput("# a table\n\n0 8 zero\n8 8", "create", "x_dmctl_test_delme")
                .refused(ExitCode.INVALID_TABLE, "dmctl create", "table: line 4, column 4");
        CliRun.of("create", "x_dmctl_test_delme", "--table", "0 8 zero", "--table", "8 y zero")
                .refused(ExitCode.INVALID_TABLE, "dmctl create", "table: line 2, column 3");
    }

    @Test
    void tableOfAFile() throws IOException {
        final Path file = Files.writeString(dir.resolve("table"), "0 8 zero\nfoo\n");
        CliRun.of("create", "x_dmctl_test_delme", file.toString())
                .refused(ExitCode.INVALID_TABLE, "dmctl create", "table: line 2, column 1");
    }

    @Test
    void emptyTableIsRefused() throws IOException {
        CliRun.of("create", "x_dmctl_test_delme", "--table", "")
                .refused(ExitCode.INVALID_TABLE, "dmctl create", "--table: the table has no line");
        final Path file = Files.writeString(dir.resolve("empty"), "# nothing\n");
        CliRun.of("create", "x_dmctl_test_delme", file.toString())
                .refused(ExitCode.INVALID_TABLE, "dmctl create", file + ": the table has no line");
    }

    @Test
    void missingFileIsNamed() {
        final String file = dir.resolve("nosuch").toString();
        CliRun.of("create", "x_dmctl_test_delme", file)
                .refused(ExitCode.NOT_FOUND, "dmctl create", file + ": No such file or directory (ENOENT)");
    }

    @Test
    void missingDeviceIsToldOnce() {
        final CliRun run = CliRun.of("table", "nosuch_dmctl_test_delme");
        assertEquals(ExitCode.NOT_FOUND.code(), run.exitCode(), run::toString);
        run.refused(ExitCode.NOT_FOUND, "dmctl table", "nosuch_dmctl_test_delme: No such device or address (ENXIO)");
    }
}
