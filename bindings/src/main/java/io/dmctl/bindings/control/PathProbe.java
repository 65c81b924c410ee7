package io.dmctl.bindings.control;

import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;

/// Asks a multipath device whether a path of it works: the one command of device-mapper that goes to the mapped device
/// and not to the control node. Paths that do not answer are taken out of use.
///
/// @kernel drivers/md/dm-mpath.c `probe_active_paths`
public final class PathProbe {
    private static final String CALL = "ioctl(DM_MPATH_PROBE_PATHS)";

    private PathProbe() {}

    /// Returns when a path of the priority group in use works; blocks as long as the paths take to answer.
    ///
    /// @param node of the mapped device, as `/dev/mapper/NAME`
    /// @throws ErrnoException ENOTCONN: no path works; EAGAIN: the device is suspended; ENOTTY: it is not one
    /// multipath target, or the kernel is older than interface 4.50; or why the node cannot be opened
    public static void run(String node) throws ErrnoException {
        try (Fd fd = Fd.open(node, Libc.O_RDONLY() | Libc.O_NONBLOCK())) {
            int r;
            do {
                r = Sys.ioctl(fd.number(), Dm.DM_MPATH_PROBE_PATHS(), 0);
            } while (r == -Errno.EINTR);
            ErrnoException.check(CALL, node, r);
        }
    }
}
