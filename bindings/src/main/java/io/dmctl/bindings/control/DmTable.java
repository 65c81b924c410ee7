package io.dmctl.bindings.control;

import java.util.List;

/// A device's table: its targets in order.
public record DmTable(List<DmTableLine> lines) {
    /// C: `DM_MAX_TARGETS` of drivers/md/dm-table.c.
    public static final int MAX_TARGETS = 1048576;

    public DmTable {
        lines = List.copyOf(lines);
        if (lines.size() > MAX_TARGETS) {
            throw new IllegalArgumentException(
                    "a table has at most " + MAX_TARGETS + " targets, this has " + lines.size());
        }
    }

    /// Reads the text form: one target a line, blank lines and lines that start with `#` skipped.
    ///
    /// @throws DmTableSyntaxException with line, column and reason
    public static DmTable parse(String text) throws DmTableSyntaxException {
        return new DmTableParser(text).parse();
    }

    /// The text form, a line a target, each ended by a newline.
    @Override
    public String toString() {
        final StringBuilder out = new StringBuilder();
        for (DmTableLine line : lines) {
            out.append(line).append('\n');
        }
        return out.toString();
    }
}
