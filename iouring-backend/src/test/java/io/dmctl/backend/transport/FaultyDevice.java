package io.dmctl.backend.transport;

import io.dmctl.backend.lower.RingDevice;
import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A ring device whose next completions are a result of the test's choice, without I/O, or whose reads are slow.
final class FaultyDevice implements BlockDevice {
    final RingDevice real;
    private final AtomicInteger left = new AtomicInteger();
    private volatile int result;
    private volatile long readPauseNs;
    private final AtomicInteger reads = new AtomicInteger();

    FaultyDevice(RingDevice real) {
        this.real = real;
    }

    void fail(int times, int negErrno) {
        result = negErrno;
        left.set(times);
    }

    /// Every eighth read that a queue has sent comes to the device only after a pause: other threads go on meanwhile.
    void pauseBeforeReads(long ns) {
        readPauseNs = ns;
    }

    int left() {
        return left.get();
    }

    @Override
    public void submit(CoreBio bio, IoThread thread) {
        final boolean pauses = readPauseNs != 0 && bio.op() == ReqOp.READ;
        if (pauses && !Thread.currentThread().getName().startsWith("domain") && reads.incrementAndGet() % 8 == 0) {
            LockSupport.parkNanos(readPauseNs);
        }
        if (left.get() > 0) {
            left.decrementAndGet();
            RingDevice.completed(bio, result, (QueueAgent) thread);
        } else {
            real.submit(bio, thread);
        }
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public long sizeSectors() {
        return real.sizeSectors();
    }

    @Override
    public QueueLimits limits() {
        return real.limits();
    }
}
