package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DmTableTest {
    @Test
    void readsLinesAndSkipsBlanksAndComments() throws Exception {
        final DmTable table = DmTable.parse(
                "\n# head\n  0 1024 linear  /dev/sda 204  \n\t1024\t512\tzero\r\n  # tail\n1536 8 error # x");
        assertEquals(
                List.of(
                        new DmTableLine(0, 1024, "linear", "/dev/sda 204"),
                        new DmTableLine(1024, 512, "zero", ""),
                        new DmTableLine(1536, 8, "error", "")),
                table.lines());
        assertEquals("0 1024 linear /dev/sda 204\n1024 512 zero\n1536 8 error\n", table.toString());
        assertEquals(table, DmTable.parse(table.toString()));
    }

    @Test
    void keepsABackslashAndAHashInsideAWord() throws Exception {
        assertEquals(
                "/dev/mapper/x#y a\\ b",
                DmTable.parse("0 8 linear /dev/mapper/x#y a\\ b #c")
                        .lines()
                        .get(0)
                        .params());
    }

    @Test
    void leavesToTheEngineWhatTheEngineRefuses() throws Exception {
        assertEquals(
                3,
                DmTable.parse("5 0 nosuch\n0 8 a\n100 18446744073709551615 b")
                        .lines()
                        .size());
        assertEquals(List.of(), DmTable.parse("").lines());
        assertEquals(
                "0 18446744073709551615 b\n",
                DmTable.parse("0 18446744073709551615 b").toString());
    }

    private static void refused(String text, int line, int column, String reason) {
        final DmTableSyntaxException e = assertThrows(DmTableSyntaxException.class, () -> DmTable.parse(text), text);
        assertEquals(line + ":" + column, e.line() + ":" + e.column(), text);
        assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
    }

    @Test
    void saysWhereAndWhyALineIsWrong() {
        refused("0 8 zero\nx 8 zero", 2, 1, "start sector must be a decimal number, was 'x'");
        refused(" 0 8x zero", 1, 5, "length in sectors must be a decimal number");
        refused("-1 8 zero", 1, 1, "start sector must be a decimal number");
        refused("0 18446744073709551616 zero", 1, 3, "does not fit in 64 bits");
        refused("0", 1, 2, "length in sectors is missing");
        refused("0 8 ", 1, 5, "target type is missing");
        refused("0 8 # zero", 1, 5, "target type is missing");
        refused("0 8 sixteen-bytes-xx", 1, 5, "at most 15 bytes");
        refused("0 8 linear a\0b", 1, 13, "NUL");
    }
}
