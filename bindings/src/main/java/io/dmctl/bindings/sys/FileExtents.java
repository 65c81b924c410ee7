package io.dmctl.bindings.sys;

import io.dmctl.bindings.block.Block;
import io.dmctl.bindings.block.fiemap;
import io.dmctl.bindings.block.fiemap_extent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Where a file lies on the device of its file system.
///
/// @kernel fs/ioctl.c `ioctl_fiemap`, Documentation/filesystems/fiemap.rst
public final class FileExtents {
    /// C: `#define FS_IOC_FIEMAP _IOWR('f', 11, struct fiemap)` (linux/fs.h)
    public static final long FS_IOC_FIEMAP = 0xC020660BL;

    private static final long HEAD_BYTES = fiemap.layout().byteSize();
    private static final long EACH_BYTES = fiemap_extent.layout().byteSize();
    private static final int AT_ONCE = 64;
    private static final int NO_PLACE_YET = Block.FIEMAP_EXTENT_UNKNOWN() | Block.FIEMAP_EXTENT_DELALLOC();

    private FileExtents() {}

    /// A part of a file that lies in one piece, in bytes.
    public record Extent(long logical, long physical, long length) {}

    /// The parts of the file behind `fd`, as the file system tells them; what it has yet to write is written first, and
    /// what has no place even then is left out.
    ///
    /// Errors: EOPNOTSUPP (the file system has no such call), EINTR.
    public static List<Extent> of(int fd) throws ErrnoException {
        final List<Extent> extents = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment map = arena.allocate(HEAD_BYTES + AT_ONCE * EACH_BYTES, Long.BYTES);
            long from = 0;
            long next = read(fd, from, map, extents);
            while (next > from) {
                from = next;
                next = read(fd, from, map, extents);
            }
        }
        return extents;
    }

    /// Reads into `map` what begins at or behind `from`; answers where there may be more, 0 at the end.
    private static long read(int fd, long from, MemorySegment map, List<Extent> to) throws ErrnoException {
        fiemap.fm_start(map, from);
        fiemap.fm_length(map, -1L - from);
        fiemap.fm_flags(map, Block.FIEMAP_FLAG_SYNC());
        fiemap.fm_extent_count(map, AT_ONCE);
        ErrnoException.check("ioctl(FS_IOC_FIEMAP)", "fd " + fd, Sys.ioctl(fd, FS_IOC_FIEMAP, map.address()));
        final int count = Math.min(fiemap.fm_mapped_extents(map), AT_ONCE);
        long next = 0;
        for (int i = 0; i < count; i++) {
            final MemorySegment one = map.asSlice(HEAD_BYTES + i * EACH_BYTES, EACH_BYTES);
            final Extent extent = new Extent(
                    fiemap_extent.fe_logical(one), fiemap_extent.fe_physical(one), fiemap_extent.fe_length(one));
            final int flags = fiemap_extent.fe_flags(one);
            if ((flags & NO_PLACE_YET) == 0) {
                to.add(extent);
            }
            next = (flags & Block.FIEMAP_EXTENT_LAST()) == 0 ? extent.logical + extent.length : 0;
        }
        return next;
    }
}
