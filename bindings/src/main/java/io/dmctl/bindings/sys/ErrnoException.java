package io.dmctl.bindings.sys;

import java.io.IOException;
import java.util.Objects;

/// A failed system call, as `call: subject: reason (ERRNO)`.
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /// `errno` is positive.
    public ErrnoException(String call, String subject, int errno) {
        super(call + ": " + subject + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    /// With what to do about it behind the reason.
    public ErrnoException(String call, String subject, int errno, String remedy) {
        super(call + ": " + subject + ": " + Errno.describe(errno) + ": " + remedy);
        this.errno = errno;
    }

    /// Never null, unlike other exceptions'.
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /// The positive error number.
    public int errno() {
        return errno;
    }

    /// Answers `result` when it is no error.
    ///
    /// @throws ErrnoException when `result` is negative
    public static int check(String call, String subject, int result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, subject, -result);
        }
        return result;
    }

    public static long check(String call, String subject, long result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, subject, Math.toIntExact(-result));
        }
        return result;
    }
}
