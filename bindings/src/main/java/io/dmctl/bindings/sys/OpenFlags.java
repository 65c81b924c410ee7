package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;

/// The `O_*` flags of open(2), for the modules that do not see the generated constants.
public final class OpenFlags {
    public static final int RDONLY = Libc.O_RDONLY();
    public static final int RDWR = Libc.O_RDWR();
    public static final int CREAT = Libc.O_CREAT();
    public static final int EXCL = Libc.O_EXCL();
    public static final int NONBLOCK = Libc.O_NONBLOCK();
    /// Past the page cache.
    public static final int DIRECT = Libc.O_DIRECT();

    private OpenFlags() {}
}
