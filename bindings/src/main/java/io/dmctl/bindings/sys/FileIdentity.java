package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.statx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What an open descriptor is.
///
/// @param rdev the device that a block or character node stands for; 0:0 for a regular file
/// @param dev the device of the file system that holds the file or node
/// @param sizeBytes the size of a regular file; 0 for a node (see [BlockDevices#sizeBytes])
/// @param directIoAlignBytes what offset and length of direct I/O on a regular file must be multiples of; 0:
/// not known or none
public record FileIdentity(Kind kind, Devno rdev, Devno dev, long inode, long sizeBytes, int directIoAlignBytes) {
    public enum Kind {
        REGULAR,
        BLOCK,
        CHARACTER,
        OTHER
    }

    /// By statx(2) of the descriptor.
    public static FileIdentity of(int fd) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment st = statx.allocate(arena);
            final long mask = Libc.STATX_BASIC_STATS() | Libc.STATX_DIOALIGN();
            final MemorySegment empty = Sys.cString(arena, "");
            ErrnoException.check(
                    "statx",
                    "fd " + fd,
                    Sys.call(Libc.SYS_statx(), fd, empty.address(), Libc.AT_EMPTY_PATH(), mask, st.address(), 0));
            return new FileIdentity(
                    kind(statx.stx_mode(st)),
                    new Devno(statx.stx_rdev_major(st), statx.stx_rdev_minor(st)),
                    new Devno(statx.stx_dev_major(st), statx.stx_dev_minor(st)),
                    statx.stx_ino(st),
                    statx.stx_size(st),
                    statx.stx_dio_offset_align(st));
        }
    }

    private static Kind kind(short mode) {
        final int type = mode & Libc.S_IFMT();
        if (type == Libc.S_IFREG()) {
            return Kind.REGULAR;
        }
        if (type == Libc.S_IFBLK()) {
            return Kind.BLOCK;
        }
        return type == Libc.S_IFCHR() ? Kind.CHARACTER : Kind.OTHER;
    }

    public boolean isBlockDevice() {
        return kind == Kind.BLOCK;
    }

    public boolean isRegularFile() {
        return kind == Kind.REGULAR;
    }
}
