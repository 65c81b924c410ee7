package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.sys.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableDiagnosisTest {
    @TempDir
    Path dir;

    /// A table (`;` between lines), errno, line and argument from 0, and the text.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 0 zero                          | 22 | 0 | -1 | zero-length target",
                "0 8 zero;9 8 zero                 | 22 | 1 | -1 | zero: Gap in table: the line before ends at 8",
                "0 8 nosuch                        | 22 | 0 | -1 | nosuch: unknown target type",
                "0 8 zero;8 8 zero extra           | 22 | 1 | 0  | zero: No arguments required",
                "0 8 linear /dev/nosuch 0          | 2  | 0 | 0  | linear: Device lookup failed: No such file or directory (ENOENT)",
                "0 8 linear /dev/null 0            | 15 | 0 | 0  | linear: Device lookup failed: Block device required (ENOTBLK)",
                "0 8 linear /dev/null x            | 22 | 0 | 1  | linear: Invalid device sector",
                "0 8 linear 4000:4000 0            | 6  | 0 | 0  | linear: Device lookup failed: No such device or address (ENXIO)",
                "0 8 striped 0 8                   | 22 | 0 | 0  | striped: Invalid stripe count",
                "0 9223372036854775807 zero        | 22 | 0 | -1 | too large device",
            })
    void findsTheFault(String table, int errno, int line, int argument, String text) throws Exception {
        assertEquals(Optional.of(new TableFault(errno, line, argument, text)), look(table, errno));
    }

    @Test
    void regularFileIsNoBlockDevice() throws Exception {
        final Path file = Files.writeString(dir.resolve("disk"), "x");
        assertEquals(
                Errno.ENOTBLK,
                look("0 8 linear " + file + " 0", Errno.ENOTBLK).orElseThrow().errno());
    }

    @Test
    void whatDoesNotGiveTheKernelsErrnoIsNotTold() throws Exception {
        assertEquals(Optional.empty(), look("0 8 linear /dev/nosuch 0", Errno.EINVAL));
        assertEquals(Optional.empty(), look("0 8 zero", Errno.EINVAL));
    }

    @Test
    void nothingIsSaidBehindATargetThatOnlyTheKernelHas() throws Exception {
        assertEquals(
                Optional.empty(),
                TableDiagnosis.look(DmTable.parse("0 8 mine x\n9 8 zero"), false, Errno.EINVAL, type -> true));
    }

    private static Optional<TableFault> look(String table, int errno) throws DmTableSyntaxException {
        return TableDiagnosis.look(DmTable.parse(table.replace(';', '\n')), false, errno, type -> false);
    }
}
