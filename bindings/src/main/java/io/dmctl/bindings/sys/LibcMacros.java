package io.dmctl.bindings.sys;

/// Constants of the C library that the generated `Libc` lacks, each with the C text that it mirrors.
public final class LibcMacros {
    /// C: `MNT_DETACH = 2` (sys/mount.h): the mount goes from the tree at once, its file system when nobody uses it.
    public static final int MNT_DETACH = 2;
    /// C: `MSG_WAITALL = 0x100` (bits/socket.h): a receive waits for the whole length.
    public static final int MSG_WAITALL = 0x100;
    /// C: `SHUT_RDWR = 2` (sys/socket.h): neither direction any more.
    public static final int SHUT_RDWR = 2;
    /// C: `#define SEEK_SET 0`
    public static final int SEEK_SET = 0;

    /// C: `#define SEEK_END 2`
    public static final int SEEK_END = 2;

    private LibcMacros() {}
}
