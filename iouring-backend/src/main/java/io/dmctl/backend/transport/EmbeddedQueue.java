package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.backend.queue.QueueFront;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.targets.core.MappedDevice;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The in-process requests of one I/O thread, and its free slots.
final class EmbeddedQueue implements QueueFront {
    private final Mapping buffers;
    private final EmbeddedSlot[] slots;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final EmbeddedSlot[] free;
    private final CountDownLatch idle = new CountDownLatch(1);
    private int freeCount;
    private boolean stopping;

    EmbeddedQueue(MappedDevice device, EmbeddedOptions options) throws ErrnoException {
        final int bytes = options.maxIoBytes();
        buffers = Mapping.anonymous((long) options.depth() * bytes);
        slots = new EmbeddedSlot[options.depth()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new EmbeddedSlot(device, i, buffers.segment().asSlice((long) i * bytes, bytes));
        }
        free = slots.clone();
        freeCount = free.length;
    }

    @Override
    public void start(QueueAgent agent) {
        for (EmbeddedSlot slot : slots) {
            slot.start(agent);
        }
    }

    @Override
    public void completed(long payload, int result, int flags) {
        throw new IllegalStateException("an in-process queue has nothing of its own in the ring");
    }

    // ---- from callers ----

    /// A free slot, waited for when there is none; null once the queue is stopped.
    @Nullable
    EmbeddedSlot take() {
        lock.lock();
        try {
            while (freeCount == 0 && !stopping) {
                freed.awaitUninterruptibly();
            }
            return stopping ? null : free[--freeCount];
        } finally {
            lock.unlock();
        }
    }

    void give(EmbeddedSlot slot) {
        lock.lock();
        try {
            free[freeCount++] = slot;
            freed.signal();
            tellIdle();
        } finally {
            lock.unlock();
        }
    }

    /// Gives out no more slots.
    void stop() {
        lock.lock();
        try {
            stopping = true;
            freed.signalAll();
            tellIdle();
        } finally {
            lock.unlock();
        }
    }

    private void tellIdle() {
        if (stopping && freeCount == free.length) {
            idle.countDown();
        }
    }

    /// Open until the queue was stopped and every slot is back.
    CountDownLatch idle() {
        return idle;
    }

    @Override
    public boolean isDone() {
        return idle.getCount() == 0;
    }

    @Override
    public void close() {
        buffers.close();
    }
}
