package io.dmctl.lab.parity;

import io.dmctl.bindings.block.Block;
import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Falloc;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A block device, past the page cache. Every operation answers the bytes done, or `-errno`; none is cut short in
/// silence. Addresses must be aligned to 512 bytes.
///
/// Thread rule: any thread, any number at once.
public final class BlockIo implements AutoCloseable {
    /// Shift of a sector of 512 bytes.
    static final int SECTOR_SHIFT = 9;

    private final Fd fd;

    private BlockIo(Fd fd) {
        this.fd = fd;
    }

    public static BlockIo open(String path) throws ErrnoException {
        return new BlockIo(Fd.open(path, OpenFlags.RDWR | OpenFlags.DIRECT));
    }

    static BlockIo openReadOnly(String path) throws ErrnoException {
        return new BlockIo(Fd.open(path, OpenFlags.RDONLY | OpenFlags.DIRECT));
    }

    int fd() {
        return fd.number();
    }

    public long read(MemorySegment to, long offsetBytes) {
        return Sys.pread(fd.number(), to.address(), to.byteSize(), offsetBytes);
    }

    public long write(MemorySegment from, long offsetBytes) {
        return Sys.pwrite(fd.number(), from.address(), from.byteSize(), offsetBytes);
    }

    long writeFua(MemorySegment from, long offsetBytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment vector = arena.allocate(ValueLayout.JAVA_LONG, 2);
            vector.setAtIndex(ValueLayout.JAVA_LONG, 0, from.address());
            vector.setAtIndex(ValueLayout.JAVA_LONG, 1, from.byteSize());
            return Sys.call(Libc.SYS_pwritev2(), fd.number(), vector.address(), 1, offsetBytes, 0, Falloc.RWF_DSYNC);
        }
    }

    long flush() {
        return Sys.fdatasync(fd.number());
    }

    long discard(long offsetBytes, long bytes) {
        return range(Block.BLKDISCARD(), offsetBytes, bytes);
    }

    /// Zeros, also where the device has no command for them: the block layer then writes them.
    long writeZeroes(long offsetBytes, long bytes) {
        return range(Block.BLKZEROOUT(), offsetBytes, bytes);
    }

    private long range(long request, long offsetBytes, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment range = arena.allocate(ValueLayout.JAVA_LONG, 2);
            range.setAtIndex(ValueLayout.JAVA_LONG, 0, offsetBytes);
            range.setAtIndex(ValueLayout.JAVA_LONG, 1, bytes);
            final long r = Sys.ioctl(fd.number(), request, range.address());
            return r < 0 ? r : bytes;
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
