package io.dmctl.cli;

import java.io.PrintStream;

/// Text in columns. Not printf: a formatter costs a short command more than all that it prints.
final class Columns {
    private Columns() {}

    /// A line of `left`, padded to `width` characters, a blank, and `right`.
    static void print(PrintStream out, String left, int width, String right) {
        out.print(left);
        for (int at = left.length(); at <= width; at++) {
            out.print(' ');
        }
        out.println(right);
    }
}
