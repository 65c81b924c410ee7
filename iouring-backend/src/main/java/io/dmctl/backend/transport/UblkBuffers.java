package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.bindings.ublkctl.UblkIo;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.DataHolder;
import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.MemorySegment;

/// A buffer for each tag of a queue. Where the driver copies it is the request's; else it is there for what is looked
/// at, its pages from their first use on, and this copies between it and the request.
///
/// Owned by its queue. The copies are calls of their own: the ring would hand reads and writes of /dev/ublkcN to a
/// worker thread each.
@HotPath
final class UblkBuffers implements DataHolder, AutoCloseable {
    private final int ublkc;
    private final int queue;
    private final Mapping mapping;
    private final long bufferBytes;
    private final Data[] memories;

    UblkBuffers(Fd ublkc, int queue, int depth, int bufferBytes, boolean driverCopies) throws ErrnoException {
        this.ublkc = ublkc.number();
        this.queue = queue;
        this.bufferBytes = bufferBytes;
        final long bytes = (long) depth * bufferBytes;
        this.mapping = driverCopies ? Mapping.anonymous(bytes) : Mapping.untouched(bytes);
        this.memories = new Data[depth];
        for (int tag = 0; tag < depth; tag++) {
            memories[tag] = Data.of(mapping.segment().asSlice((long) tag * bufferBytes, bufferBytes));
        }
    }

    long address(int tag) {
        return mapping.address() + tag * bufferBytes;
    }

    @Override
    public Data memory(int tag) {
        return memories[tag];
    }

    @Override
    public int load(int tag, long offset, long length) {
        final long at = address(tag) + offset;
        return status(Sys.hotPread(ublkc, at, length, UblkIo.userCopyPosition(queue, tag, (int) offset)), length);
    }

    @Override
    public int store(int tag, long offset, MemorySegment from, long fromOffset, long length) {
        final long at = from.address() + fromOffset;
        return status(Sys.hotPwrite(ublkc, at, length, UblkIo.userCopyPosition(queue, tag, (int) offset)), length);
    }

    /// The driver copies all or has a reason.
    private static int status(long result, long length) {
        if (result < 0) {
            return (int) result;
        }
        return result == length ? 0 : -Errno.EIO;
    }

    @Override
    public void close() {
        mapping.close();
    }
}
