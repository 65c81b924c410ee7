package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;

/// Freezes and thaws file systems: a frozen one is written out, and who writes to it waits.
///
/// Thread rule: any thread. Errors: EBUSY (frozen already), EINVAL (not frozen), EOPNOTSUPP, EPERM.
///
/// @kernel fs/ioctl.c `ioctl_fsfreeze` `ioctl_fsthaw`
public final class FsFreeze {
    /// C: `#define FIFREEZE _IOWR('X', 119, int)` (linux/fs.h)
    public static final long FIFREEZE = 0xC0045877L;
    /// C: `#define FITHAW _IOWR('X', 120, int)` (linux/fs.h)
    public static final long FITHAW = 0xC0045878L;

    private FsFreeze() {}

    /// Freezes the file system that is mounted at `mountPoint`.
    public static void freeze(String mountPoint) throws ErrnoException {
        ErrnoException.check("ioctl(FIFREEZE)", mountPoint, ioctl(mountPoint, FIFREEZE));
    }

    public static void thaw(String mountPoint) throws ErrnoException {
        ErrnoException.check("ioctl(FITHAW)", mountPoint, ioctl(mountPoint, FITHAW));
    }

    /// As [#thaw]; false when it could not.
    public static boolean tryThaw(String mountPoint) {
        return ioctl(mountPoint, FITHAW) >= 0;
    }

    private static int ioctl(String mountPoint, long request) {
        final int fd = Sys.open(mountPoint, Libc.O_RDONLY() | Libc.O_DIRECTORY(), 0);
        if (fd < 0) {
            return fd;
        }
        try {
            return Sys.ioctl(fd, request, 0);
        } finally {
            Sys.close(fd);
        }
    }
}
