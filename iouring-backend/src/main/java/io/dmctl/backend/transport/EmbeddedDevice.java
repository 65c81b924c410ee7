package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A mapped device, open in the process that serves it. Sectors are 512 bytes.
///
/// Every call blocks until the device has answered, while the device is suspended too. Offsets and lengths are
/// multiples of the logical block size. Segments are on the heap or native, of any length: the bytes are copied through
/// the queue's buffers, a long call in pieces, one after the other. A call that fails may have done some of them.
///
/// A call allocates one list node for each piece, and what waiting for a free slot takes; the I/O thread allocates
/// nothing.
///
/// Thread rule: any thread, many at once. Errors: [ErrnoException] with the device's errno; EINVAL for a bad place of a
/// read or discard, ENOSPC for a write past the end, EPERM when read-only, EBADF after [#close].
public final class EmbeddedDevice implements AutoCloseable {
    private static final int SECTOR = 512;

    /// Longer discards and write zeroes go in pieces: 1 GiB.
    private static final int MAX_RANGE_SECTORS = 1 << 21;

    private final EmbeddedTransport transport;
    private final MappedDevice device;
    private final EmbeddedQueue[] queues;
    private final QueueAgent[] agents;
    private final int maxIoBytes;
    private final AtomicBoolean open = new AtomicBoolean(true);

    EmbeddedDevice(
            EmbeddedTransport transport,
            MappedDevice device,
            List<EmbeddedQueue> queues,
            List<QueueAgent> agents,
            int maxIoBytes) {
        this.transport = transport;
        this.device = device;
        this.queues = queues.toArray(new EmbeddedQueue[0]);
        this.agents = agents.toArray(new QueueAgent[0]);
        this.maxIoBytes = maxIoBytes;
    }

    public long sizeSectors() {
        return device.sizeSectors();
    }

    public int logicalBlockBytes() {
        return device.limits().logicalBlockSize();
    }

    /// Fills `to`.
    public void read(long sector, MemorySegment to) throws ErrnoException {
        check("read", sector, to.byteSize(), Errno.EINVAL);
        data(ReqOp.READ, 0, sector, to);
    }

    /// Writes all of `from`. With `fua` it is durable when this returns.
    public void write(long sector, MemorySegment from, boolean fua) throws ErrnoException {
        checkWritable("write");
        check("write", sector, from.byteSize(), Errno.ENOSPC);
        data(ReqOp.WRITE, fua ? BioFlags.FUA : 0, sector, from);
    }

    /// Makes durable what was written before, by any caller.
    public void flush() throws ErrnoException {
        checkOpen("flush");
        run("flush", ReqOp.FLUSH, 0, 0, 0, null, 0);
    }

    /// @throws ErrnoException EOPNOTSUPP when the table cannot
    public void discard(long sector, long sectors) throws ErrnoException {
        range("discard", ReqOp.DISCARD, sector, sectors);
    }

    /// The range reads as zeros after this; it may be unmapped.
    public void writeZeroes(long sector, long sectors) throws ErrnoException {
        range("write zeroes", ReqOp.WRITE_ZEROES, sector, sectors);
    }

    private void range(String call, ReqOp op, long sector, long sectors) throws ErrnoException {
        checkWritable(call);
        if (sectors < 0 || sectors > Long.MAX_VALUE / SECTOR) {
            throw new ErrnoException(call, device.name() + ": " + sectors + " sectors", Errno.EINVAL);
        }
        check(call, sector, sectors * SECTOR, op == ReqOp.DISCARD ? Errno.EINVAL : Errno.ENOSPC);
        for (long done = 0; done < sectors; done += MAX_RANGE_SECTORS) {
            run(call, op, 0, sector + done, (int) Math.min(MAX_RANGE_SECTORS, sectors - done), null, 0);
        }
    }

    private void data(ReqOp op, int flags, long sector, MemorySegment memory) throws ErrnoException {
        final long bytes = memory.byteSize();
        for (long done = 0; done < bytes; done += maxIoBytes) {
            final int n = (int) Math.min(maxIoBytes, bytes - done);
            run(op == ReqOp.READ ? "read" : "write", op, flags, sector + done / SECTOR, n / SECTOR, memory, done);
        }
    }

    private void run(
            String call, ReqOp op, int flags, long sector, int sectors, @Nullable MemorySegment memory, long offset)
            throws ErrnoException {
        final int q = (int) Math.floorMod(Thread.currentThread().threadId(), (long) queues.length);
        final EmbeddedSlot slot = queues[q].take();
        if (slot == null) {
            throw new ErrnoException(call, device.name(), Errno.ESHUTDOWN);
        }
        final int status;
        try {
            final long bytes = (long) sectors * SECTOR;
            if (op == ReqOp.WRITE && memory != null) {
                MemorySegment.copy(memory, offset, slot.buffer(), 0, bytes);
            }
            slot.request().init(op, flags, sector, sectors);
            status = slot.run(agents[q]);
            if (op == ReqOp.READ && status == 0 && memory != null) {
                MemorySegment.copy(slot.buffer(), 0, memory, offset, bytes);
            }
        } finally {
            queues[q].give(slot);
        }
        if (status < 0) {
            throw new ErrnoException(call, device.name() + ": " + sectors + " sectors at " + sector, -status);
        }
    }

    private void checkOpen(String call) throws ErrnoException {
        if (!open.get()) {
            throw new ErrnoException(call, device.name() + ": closed", Errno.EBADF);
        }
    }

    private void checkWritable(String call) throws ErrnoException {
        if (transport.isReadOnly()) {
            throw new ErrnoException(call, device.name() + ": read-only", Errno.EPERM);
        }
    }

    private void check(String call, long sector, long bytes, int pastEnd) throws ErrnoException {
        checkOpen(call);
        final int block = logicalBlockBytes();
        if (bytes % block != 0 || sector % (block / SECTOR) != 0) {
            throw new ErrnoException(
                    call,
                    device.name() + ": " + bytes + " bytes at sector " + sector
                            + " are no multiple of the logical block of " + block + " bytes",
                    Errno.EINVAL);
        }
        final long size = sizeSectors();
        if (sector < 0 || sector > size || bytes / SECTOR > size - sector) {
            throw new ErrnoException(
                    call,
                    device.name() + ": " + bytes / SECTOR + " sectors at " + sector + " of " + size,
                    sector < 0 ? Errno.EINVAL : pastEnd);
        }
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            transport.closed();
        }
    }
}
