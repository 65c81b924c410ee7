package io.dmctl.jmh;

import com.sun.management.ThreadMXBean;
import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.backend.queue.QueueFront;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A front that makes its own requests: keeps `depth` reads of one block in flight on the queue's thread until
/// a batch is done. [#run] is for one other thread.
final class ReadLoad implements QueueFront, RequestSink {
    private final MappedDevice device;
    private final int sectors;
    private final Mapping buffers;
    private final Request[] requests;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private @Nullable QueueAgent agent;
    private int left;
    private int inFlight;
    private int batch;
    private long block;
    private long allocatedBefore;
    private long allocatedBytes;
    private @Nullable Thread caller;
    private volatile boolean finished;
    private volatile boolean closing;
    private int failed;

    ReadLoad(MappedDevice device, int depth, int blockBytes) throws ErrnoException {
        this.device = device;
        this.sectors = blockBytes >> 9;
        this.buffers = Mapping.anonymous((long) depth * blockBytes);
        this.requests = new Request[depth];
        for (int tag = 0; tag < depth; tag++) {
            final MemorySegment buffer = buffers.segment().asSlice((long) tag * blockBytes, blockBytes);
            requests[tag] = new Request(this, tag);
            requests[tag].data().setMemory(buffer, buffer.asReadOnly());
        }
    }

    /// Does `count` reads and answers how many failed. An interrupt does not end the wait.
    int run(int count) {
        caller = Thread.currentThread();
        batch = count;
        finished = false;
        Objects.requireNonNull(agent).execute(this::begin);
        while (!finished) {
            LockSupport.park(this);
        }
        return failed;
    }

    /// What the queue's thread allocated in the last batch, from its first request to its last completion.
    long allocatedBytes() {
        return allocatedBytes;
    }

    void stop() {
        closing = true;
        Objects.requireNonNull(agent).close();
    }

    // ---- on the queue's thread ----

    @Override
    public void start(QueueAgent newAgent) {
        agent = newAgent;
    }

    private void begin() {
        failed = 0;
        left = batch;
        allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        for (Request request : requests) {
            next(request);
        }
    }

    private void next(Request request) {
        if (left > 0) {
            left--;
            inFlight++;
            block = (block + 7919) % (device.sizeSectors() / sectors);
            request.init(ReqOp.READ, 0, block * sectors, sectors);
            device.submit(request, Objects.requireNonNull(agent));
        } else if (inFlight == 0) {
            allocatedBytes = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
            finished = true; // last: what was written before it is seen by the caller
            LockSupport.unpark(caller);
        }
    }

    @Override
    public void requestDone(Request request, IoThread thread) {
        inFlight--;
        if (request.status() != 0) {
            failed++;
        }
        next(request);
    }

    @Override
    public void completed(long payload, int result, int flags) {
        throw new IllegalStateException("a load has nothing of its own in the ring");
    }

    @Override
    public boolean isDone() {
        return closing;
    }

    @Override
    public void close() {
        buffers.close();
    }
}
