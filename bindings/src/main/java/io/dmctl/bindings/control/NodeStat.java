package io.dmctl.bindings.control;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.statx;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a path in `/dev` is: a block node with its number, a symbolic link, or something else.
record NodeStat(int type, Devno rdev) {
    /// C: `#define AT_SYMLINK_NOFOLLOW 0x100`
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;

    /// Of the path itself, or of what it leads to when `follow`; null when there is nothing.
    static @Nullable NodeStat of(String path, boolean follow) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment out = statx.allocate(arena);
            final long r = Sys.call(
                    Libc.SYS_statx(),
                    Libc.AT_FDCWD(),
                    Sys.cString(arena, path).address(),
                    follow ? 0 : AT_SYMLINK_NOFOLLOW,
                    Libc.STATX_TYPE(),
                    out.address(),
                    0);
            if (r == -Errno.ENOENT || r == -Errno.ENOTDIR) {
                return null;
            }
            ErrnoException.check("statx", path, r);
            return new NodeStat(
                    statx.stx_mode(out) & Libc.S_IFMT(),
                    new Devno(statx.stx_rdev_major(out), statx.stx_rdev_minor(out)));
        }
    }

    boolean isBlock() {
        return type == Libc.S_IFBLK();
    }

    boolean isLink() {
        return type == Libc.S_IFLNK();
    }

    boolean isBlock(Devno devno) {
        return isBlock() && rdev.equals(devno);
    }
}
