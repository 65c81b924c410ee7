package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.backend.queue.QueueFront;
import io.dmctl.bindings.ring.SubmissionQueue;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkIo;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one thread serves of a ublk device: a queue of its own, or another [UblkShare].
///
/// All but the constructor runs on that thread, which the driver binds each of its tags to: only it may commit. A
/// request's [Request#tag()] is the slot.
///
/// @kernel drivers/block/ublk_drv.c `ublk_ch_uring_cmd`
@HotPath
final class UblkFront implements QueueFront, RequestSink {
    private final MappedDevice device;
    private final Fd ublkc;
    private final UblkShare share;
    private final List<Mapping> descriptors = new ArrayList<>();
    /// Of each slot, where its queue's descriptors are.
    private final MemorySegment[] areas;
    private final IoMode mode;
    private final UblkBuffers buffers;
    private final @Nullable SharedMemory shared;
    private final Request[] requests;
    private @Nullable QueueAgent agent;
    private int aborted;

    /// @param info of the device, as the driver has it
    /// @param shared what its users have mapped, too; null for nothing
    UblkFront(MappedDevice device, Fd ublkc, UblkShare share, UblkDeviceInfo info, @Nullable SharedMemory shared)
            throws ErrnoException {
        this.device = device;
        this.shared = shared;
        this.ublkc = ublkc;
        this.share = share;
        this.mode = IoMode.ofFlags(info.flags());
        this.areas = new MemorySegment[share.size()];
        this.buffers = map(info);
        this.requests = new Request[share.size()];
        for (int slot = 0; slot < requests.length; slot++) {
            final Request request = new Request(this, slot);
            request.data().set(buffers.memory(slot), 0);
            requests[slot] = request;
        }
    }

    private UblkBuffers map(UblkDeviceInfo info) throws ErrnoException {
        boolean ok = false;
        try {
            final long bytes = UblkIo.descriptorAreaBytes(info.depth());
            for (int slot = 0; slot < areas.length; slot++) {
                final int queue = share.queue(slot);
                if (slot == 0 || queue != share.queue(slot - 1)) {
                    descriptors.add(
                            Mapping.shared(ublkc.number(), UblkIo.descriptorAreaOffset(queue), bytes, Mapping.READ));
                }
                areas[slot] = descriptors.getLast().segment();
            }
            final UblkBuffers made = new UblkBuffers(ublkc, share, info.maxIoBytes(), mode.driverCopies());
            ok = true;
            return made;
        } finally {
            if (!ok) {
                descriptors.forEach(Mapping::close);
            }
        }
    }

    @Override
    public void start(QueueAgent newAgent) throws ErrnoException {
        agent = newAgent;
        // Registered, so that the device quiesces only after the ring's last lower I/O (decision 7).
        newAgent.openRing().register().file(QueueAgent.FRONT_FILE, ublkc.number());
        if (mode == IoMode.ZERO_COPY) {
            newAgent.registerBuffersOf(buffers, share.size());
        }
        for (int slot = 0; slot < share.size(); slot++) {
            command(newAgent, UblkIo.FETCH_REQ, slot, 0);
        }
    }

    private void command(QueueAgent to, int op, int slot, int result) {
        final SubmissionQueue sq = to.prepare();
        sq.prepUringCmd(
                QueueAgent.FRONT_FILE,
                op,
                UblkIo.cmdLow(share.queue(slot), share.tag(slot), result),
                UblkIo.cmdHigh(mode.driverCopies() ? buffers.address(slot) : 0),
                QueueAgent.frontData(slot));
        sq.markFixedFile();
        if (mode == IoMode.ZERO_COPY) {
            sq.setAddress(UblkIo.autoBufReg(slot));
        }
    }

    @Override
    public void completed(long payload, int result, int flags) {
        if (result == UblkIo.RES_ABORT) {
            aborted++; // the device stops: this tag is not fetched again
            return;
        }
        if (result == UblkIo.RES_NEED_GET_DATA && mode == IoMode.GET_DATA) {
            command(Objects.requireNonNull(agent), UblkIo.NEED_GET_DATA, (int) payload, 0);
            return;
        }
        final int slot = (int) payload;
        if (result != UblkIo.RES_OK) {
            throw new IllegalStateException(
                    "ublk queue " + share.queue(slot) + " tag " + share.tag(slot) + ": " + Errno.describe(-result));
        }
        final MemorySegment area = areas[slot];
        final long at = UblkIo.descriptorOffset(share.tag(slot));
        final int opFlags = UblkIo.opFlags(area, at);
        final Request request = requests[slot];
        final QueueAgent a = Objects.requireNonNull(agent);
        switch (UblkIo.op(opFlags)) {
            case UblkIo.OP_READ -> begin(request, ReqOp.READ, opFlags, area, at, a);
            case UblkIo.OP_WRITE -> begin(request, ReqOp.WRITE, opFlags, area, at, a);
            case UblkIo.OP_DISCARD -> begin(request, ReqOp.DISCARD, opFlags, area, at, a);
            case UblkIo.OP_WRITE_ZEROES -> begin(request, ReqOp.WRITE_ZEROES, opFlags, area, at, a);
            case UblkIo.OP_FLUSH -> {
                request.init(ReqOp.FLUSH, 0, 0, 0);
                device.submit(request, a);
            }
            default -> command(a, UblkIo.COMMIT_AND_FETCH_REQ, slot, -Errno.EOPNOTSUPP);
        }
    }

    private void begin(Request request, ReqOp op, int opFlags, MemorySegment area, long at, QueueAgent a) {
        request.init(op, bioFlags(opFlags), UblkIo.startSector(area, at), UblkIo.nrSectors(area, at));
        if (shared != null && (opFlags & UblkIo.F_SHMEM_ZC) != 0) {
            shared.locate(UblkIo.address(area, at), (long) request.sectors() << 9, request.data());
        } else if (mode.driverCopies()) {
            if (shared != null) {
                request.data().set(buffers.memory(request.tag()), 0);
            }
        } else {
            final boolean registered = mode == IoMode.ZERO_COPY && (opFlags & UblkIo.F_NEED_REG_BUF) == 0;
            request.data().setHeld(buffers, request.tag(), registered);
        }
        device.submit(request, a);
    }

    private static int bioFlags(int opFlags) {
        int flags = 0;
        if ((opFlags & UblkIo.F_FUA) != 0) {
            flags |= BioFlags.FUA;
        }
        if ((opFlags & UblkIo.F_NOUNMAP) != 0) {
            flags |= BioFlags.NOUNMAP;
        }
        if ((opFlags & UblkIo.F_META) != 0) {
            flags |= BioFlags.META;
        }
        if ((opFlags & UblkIo.F_SWAP) != 0) {
            flags |= BioFlags.SWAP;
        }
        return flags;
    }

    @Override
    public void requestDone(Request request, IoThread thread) {
        command((QueueAgent) thread, UblkIo.COMMIT_AND_FETCH_REQ, request.tag(), result(request));
    }

    private static int result(Request request) {
        final int status = request.status();
        if (status == 0) {
            return request.op().hasData() ? request.sectors() << 9 : 0;
        }
        // The block layer takes EAGAIN for a request that was not to wait, and fails it with a splat.
        return status == -Errno.EAGAIN ? -Errno.EIO : status;
    }

    @Override
    public boolean isDone() {
        return aborted == share.size();
    }

    @Override
    public void close() {
        descriptors.forEach(Mapping::close);
        buffers.close();
    }
}
