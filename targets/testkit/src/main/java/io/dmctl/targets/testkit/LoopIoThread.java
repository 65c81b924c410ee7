package io.dmctl.targets.testkit;

import io.dmctl.targets.core.IoThread;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A real I/O thread without a ring, for devices that are done at once. [#close] ends it.
public final class LoopIoThread extends IoThread implements AutoCloseable {
    private static final int ZERO_BYTES = 1 << 16;

    private final Thread thread;
    private volatile boolean stop;
    private volatile @Nullable Throwable failure;

    public LoopIoThread(int threadIndex) {
        super(threadIndex, MemorySegment.ofArray(new byte[ZERO_BYTES]));
        thread = new Thread(this::loop, "test-io-" + threadIndex);
        thread.setDaemon(true);
    }

    public LoopIoThread start() {
        thread.start();
        return this;
    }

    private void loop() {
        try {
            while (!stop) {
                runPending();
                if (!hasInput() && !stop) {
                    park();
                }
            }
        } catch (Throwable t) { // told by close
            failure = t;
        }
    }

    private void park() {
        final long next = nextTimerNs();
        if (next == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, Math.max(0, next - nowNs()));
        }
    }

    long threadId() {
        return thread.threadId();
    }

    @Override
    protected void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    /// Ends the thread.
    ///
    /// @throws AssertionError with what it threw, when it did
    @Override
    public void close() {
        stop = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        final Throwable t = failure;
        if (t != null) {
            throw new AssertionError(thread.getName() + " ended with " + t, t);
        }
    }
}
