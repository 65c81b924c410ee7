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

/// A buffer for each slot of a thread's share. Where the driver copies it is the request's; else it is there for what
/// is looked at, its pages from their first use on, and this copies between it and the request.
///
/// Owned by its front. The copies are calls of their own: the ring would hand reads and writes of /dev/ublkcN to a
/// worker thread each.
@HotPath
final class UblkBuffers implements DataHolder, AutoCloseable {
    private final int ublkc;
    private final UblkShare share;
    private final Mapping mapping;
    private final long bufferBytes;
    private final Data[] memories;

    UblkBuffers(Fd ublkc, UblkShare share, int bufferBytes, boolean driverCopies) throws ErrnoException {
        this.ublkc = ublkc.number();
        this.share = share;
        this.bufferBytes = bufferBytes;
        final long bytes = (long) share.size() * bufferBytes;
        this.mapping = driverCopies ? Mapping.anonymous(bytes) : Mapping.untouched(bytes);
        this.memories = new Data[share.size()];
        for (int slot = 0; slot < memories.length; slot++) {
            memories[slot] = Data.of(mapping.segment().asSlice((long) slot * bufferBytes, bufferBytes));
        }
    }

    long address(int slot) {
        return mapping.address() + slot * bufferBytes;
    }

    @Override
    public Data memory(int slot) {
        return memories[slot];
    }

    @Override
    public int load(int slot, long offset, long length) {
        final long at = address(slot) + offset;
        return status(Sys.hotPread(ublkc, at, length, position(slot, offset)), length);
    }

    @Override
    public int store(int slot, long offset, MemorySegment from, long fromOffset, long length) {
        final long at = from.address() + fromOffset;
        return status(Sys.hotPwrite(ublkc, at, length, position(slot, offset)), length);
    }

    private long position(int slot, long offset) {
        return UblkIo.userCopyPosition(share.queue(slot), share.tag(slot), (int) offset);
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
