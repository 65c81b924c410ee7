package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.block.Block;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The block-device ioctls, by descriptor. Each throws ENOTTY for what is no block device, save where it says
/// so.
///
/// Thread rule: any thread.
public final class BlockDevices {
    private BlockDevices() {}

    /// The size of a block device, or of a regular file, in bytes.
    public static long sizeBytes(int fd) throws ErrnoException {
        final FileIdentity id = FileIdentity.of(fd);
        return id.isRegularFile() ? id.sizeBytes() : getLong("BLKGETSIZE64", fd, Block.BLKGETSIZE64());
    }

    public static int logicalBlockBytes(int fd) throws ErrnoException {
        return getInt("BLKSSZGET", fd, Block.BLKSSZGET());
    }

    public static int physicalBlockBytes(int fd) throws ErrnoException {
        return getInt("BLKPBSZGET", fd, Block.BLKPBSZGET());
    }

    /// The smallest I/O that costs no read-modify-write, in bytes.
    public static int ioMinBytes(int fd) throws ErrnoException {
        return getInt("BLKIOMIN", fd, Block.BLKIOMIN());
    }

    /// The preferred I/O size in bytes; 0: none.
    public static int ioOptBytes(int fd) throws ErrnoException {
        return getInt("BLKIOOPT", fd, Block.BLKIOOPT());
    }

    /// How far the page cache reads ahead, in sectors of 512 bytes.
    public static long readAheadSectors(int fd) throws ErrnoException {
        return getLong("BLKRAGET", fd, Block.BLKRAGET());
    }

    public static boolean isReadOnly(int fd) throws ErrnoException {
        return getInt("BLKROGET", fd, Block.BLKROGET()) != 0;
    }

    public static void setReadOnly(int fd, boolean readOnly) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocateFrom(JAVA_INT, readOnly ? 1 : 0);
            ioctl("BLKROSET", fd, Block.BLKROSET(), value.address());
        }
    }

    /// Writes out and drops the device's page cache.
    public static void flushBuffers(int fd) throws ErrnoException {
        ioctl("BLKFLSBUF", fd, Block.BLKFLSBUF(), 0);
    }

    private static int getInt(String name, int fd, long request) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(JAVA_INT);
            ioctl(name, fd, request, value.address());
            return value.get(JAVA_INT, 0);
        }
    }

    private static long getLong(String name, int fd, long request) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(JAVA_LONG);
            ioctl(name, fd, request, value.address());
            return value.get(JAVA_LONG, 0);
        }
    }

    private static void ioctl(String name, int fd, long request, long argument) throws ErrnoException {
        ErrnoException.check("ioctl(" + name + ")", "fd " + fd, Sys.ioctl(fd, request, argument));
    }
}
