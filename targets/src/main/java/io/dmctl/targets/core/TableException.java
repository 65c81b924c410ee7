package io.dmctl.targets.core;

import java.util.Objects;

/// A table is refused: the kernel's text, the errno, the line and argument where they are known.
public final class TableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final int line;
    private final int argument;

    /// `errno` is positive; `line` counts table lines, `argument` a line's arguments after the type, both from 0, -1
    /// when there is none.
    public TableException(String text, int errno, int line, int argument) {
        super(text);
        this.errno = errno;
        this.line = line;
        this.argument = argument;
    }

    /// The text; never null, unlike other exceptions'.
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /// The positive error number.
    public int errno() {
        return errno;
    }

    public int line() {
        return line;
    }

    public int argument() {
        return argument;
    }
}
