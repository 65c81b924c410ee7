package io.dmctl.bindings.control;

/// Text that is no table: `table: line L, column C: reason`.
public final class DmTableSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    DmTableSyntaxException(int line, int column, String reason) {
        super("table: line " + line + ", column " + column + ": " + reason);
        this.line = line;
        this.column = column;
    }

    /// Counted from 1.
    public int line() {
        return line;
    }

    /// Counted from 1, in characters.
    public int column() {
        return column;
    }
}
