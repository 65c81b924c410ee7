package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Makes device nodes, for machines without udev.
public final class DeviceNodes {
    private DeviceNodes() {}

    /// Makes block node `path` for `dev`.
    ///
    /// @param permissions as 0600
    /// @throws ErrnoException EEXIST, EPERM without CAP_MKNOD
    public static void makeBlock(Path path, Devno dev, int permissions) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            ErrnoException.check("mknod", path.toString(), (int) Sys.call(
                    Libc.SYS_mknodat(),
                    Libc.AT_FDCWD(),
                    Sys.cString(arena, path.toString()).address(),
                    Libc.S_IFBLK() | permissions,
                    dev.encode(), // the kernel decodes it with new_decode_dev, the same bits
                    0,
                    0));
        }
    }
}
