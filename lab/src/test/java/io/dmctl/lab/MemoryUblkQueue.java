package io.dmctl.lab;

import io.dmctl.bindings.ring.CompletionQueue;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.ring.RingOptions;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.ublkctl.UblkIo;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.FutureTask;

/// A queue of a ublk device over memory, straight on the bindings: what a server at least does.
final class MemoryUblkQueue {
    private final int ublkc;
    private final int queue;
    private final int depth;
    private final int maxIoBytes;
    private final MemorySegment disk;
    private final FutureTask<Integer> serving = new FutureTask<>(this::serve);

    private MemoryUblkQueue(int ublkc, int queue, int depth, int maxIoBytes, MemorySegment disk) {
        this.ublkc = ublkc;
        this.queue = queue;
        this.depth = depth;
        this.maxIoBytes = maxIoBytes;
        this.disk = disk;
    }

    /// Starts a thread that serves until the device stops; its result is how many requests it has done.
    static FutureTask<Integer> start(int ublkc, int queue, int depth, int maxIoBytes, MemorySegment disk) {
        final MemoryUblkQueue q = new MemoryUblkQueue(ublkc, queue, depth, maxIoBytes, disk);
        Thread.ofPlatform().daemon().name("queue-" + queue).start(q.serving);
        return q.serving;
    }

    private Integer serve() throws Exception {
        int done = 0;
        int aborted = 0;
        try (IoUring ring = IoUring.open(RingOptions.of(depth).forQueueThread());
                Mapping descriptors = Mapping.shared(
                        ublkc, UblkIo.descriptorAreaOffset(queue), UblkIo.descriptorAreaBytes(depth), Mapping.READ);
                Mapping buffers = Mapping.anonymous((long) depth * maxIoBytes)) {
            for (int tag = 0; tag < depth; tag++) {
                command(ring, buffers, UblkIo.FETCH_REQ, tag, 0);
            }
            final CompletionQueue completions = ring.cq();
            while (aborted < depth) {
                ring.submitAndWait(1);
                final int n = completions.ready();
                for (int i = 0; i < n; i++) {
                    final int tag = (int) completions.userData(i);
                    if (completions.result(i) == UblkIo.RES_OK) {
                        final MemorySegment buffer = buffers.segment().asSlice((long) tag * maxIoBytes, maxIoBytes);
                        command(
                                ring,
                                buffers,
                                UblkIo.COMMIT_AND_FETCH_REQ,
                                tag,
                                request(descriptors.segment(), tag, buffer));
                        done++;
                    } else if (completions.result(i) == UblkIo.RES_ABORT) {
                        aborted++;
                    } else {
                        throw new IllegalStateException("tag " + tag + ": " + completions.result(i));
                    }
                }
                completions.advance(n);
            }
        }
        return done;
    }

    private void command(IoUring ring, Mapping buffers, int op, int tag, int result) {
        if (!ring.sq()
                .prepUringCmd(
                        ublkc,
                        op,
                        UblkIo.cmdLow(queue, tag, result),
                        UblkIo.cmdHigh(buffers.address() + (long) tag * maxIoBytes),
                        tag)) {
            throw new IllegalStateException("submission queue full");
        }
    }

    private int request(MemorySegment area, int tag, MemorySegment buffer) {
        final long descriptor = UblkIo.descriptorOffset(tag);
        final long at = UblkIo.startSector(area, descriptor) << 9;
        final int bytes = UblkIo.nrSectors(area, descriptor) << 9;
        switch (UblkIo.op(UblkIo.opFlags(area, descriptor))) {
            case UblkIo.OP_READ -> MemorySegment.copy(disk, at, buffer, 0, bytes);
            case UblkIo.OP_WRITE -> MemorySegment.copy(buffer, 0, disk, at, bytes);
            default -> {
                return 0; // a flush
            }
        }
        return bytes;
    }
}
