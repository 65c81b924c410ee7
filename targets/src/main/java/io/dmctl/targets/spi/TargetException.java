package io.dmctl.targets.spi;

import java.util.Objects;

/// A target refuses: the kernel's terse text, the errno, and where known the argument.
public final class TargetException extends Exception {
    private static final long serialVersionUID = 1L;
    /// Linux `EINVAL`.
    public static final int EINVAL = 22;

    private final int errno;
    private final int argument;

    /// `errno` is positive; `argument` counts the target's arguments from 0, -1 when it is none of them.
    public TargetException(String text, int errno, int argument) {
        super(text);
        this.errno = errno;
        this.argument = argument;
    }

    public static TargetException invalid(String text) {
        return new TargetException(text, EINVAL, -1);
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

    public int argument() {
        return argument;
    }
}
