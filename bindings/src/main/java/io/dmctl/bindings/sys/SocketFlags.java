package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;

/// The `MSG_*` flags of recv(2) and send(2), for the modules that do not see the generated constants.
public final class SocketFlags {
    /// Waits for the whole length.
    public static final int WAITALL = LibcMacros.MSG_WAITALL;
    /// No SIGPIPE when the peer is gone.
    public static final int NOSIGNAL = Libc.MSG_NOSIGNAL();

    private SocketFlags() {}
}
