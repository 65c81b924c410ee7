package io.dmctl.bindings.control;

/// A request that is refused, or bytes that are no valid reply. A server answers [#errno]; a client cannot go on with
/// that peer.
public final class DmProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final int line;

    /// `errno` is positive.
    public DmProtocolException(int errno, String reason) {
        this(errno, reason, -1);
    }

    DmProtocolException(int errno, String reason, int line) {
        super(reason);
        this.errno = errno;
        this.line = line;
    }

    /// Positive; what the kernel answers in the same place.
    public int errno() {
        return errno;
    }

    /// The table line at fault, counted from 0; -1 when it is none.
    public int line() {
        return line;
    }
}
