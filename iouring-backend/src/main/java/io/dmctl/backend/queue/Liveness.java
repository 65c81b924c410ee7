package io.dmctl.backend.queue;

import io.dmctl.bindings.sys.Fd;

/// The file whose flock says that this process serves a group.
///
/// Every ring of the process holds it as a registered file. The I/O of a process that is killed goes on in the
/// kernel until its rings are torn down; so the lock is free only when no write of it can land any more, and
/// nobody takes the devices over before that (decision 7).
///
/// Set once, at the start of a device server, before its first ring; never in a process that embeds the server.
public final class Liveness {
    static final int NONE = -1;

    private static volatile int fd = NONE;

    private Liveness() {}

    /// `lock` stays open as long as the process.
    public static void hold(Fd lock) {
        fd = lock.number();
    }

    static int fd() {
        return fd;
    }
}
