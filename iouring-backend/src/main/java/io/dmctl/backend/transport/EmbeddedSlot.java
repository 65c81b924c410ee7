package io.dmctl.backend.transport;

import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One request of a caller's: its buffer, and the hand-over to the queue's thread and back. Reused.
///
/// The caller has it from [EmbeddedQueue#take] to [EmbeddedQueue#give]; in between the queue's thread, from the
/// hand-off
/// until it is done.
final class EmbeddedSlot implements Runnable, RequestSink {
    private final MappedDevice device;
    private final MemorySegment buffer;
    private final Request request;
    private @Nullable IoThread agent;
    private @Nullable Thread caller;
    /// Written last by the queue's thread: what the request did is seen by the caller after it.
    private volatile boolean done;

    EmbeddedSlot(MappedDevice device, int index, MemorySegment buffer) {
        this.device = device;
        this.buffer = buffer;
        this.request = new Request(this, index);
        request.data().setMemory(buffer, buffer.asReadOnly());
    }

    void start(IoThread newAgent) {
        agent = newAgent;
    }

    Request request() {
        return request;
    }

    MemorySegment buffer() {
        return buffer;
    }

    /// Hands the initialised request over and waits. Answers 0 or `-errno`. An interrupt does not end the wait: the
    /// request may be in the kernel. It is kept for the caller.
    int run(IoThread thread) {
        done = false;
        caller = Thread.currentThread();
        thread.execute(this);
        boolean interrupted = false;
        while (!done) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted(); // or park would return at once, again and again
        }
        caller = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return request.status();
    }

    /// On the queue's thread.
    @Override
    public void run() {
        device.submit(request, Objects.requireNonNull(agent));
    }

    @Override
    public void requestDone(Request finished, IoThread thread) {
        final Thread waiting = caller; // before the caller may take the slot away
        done = true;
        LockSupport.unpark(waiting);
    }
}
