package io.dmctl.backend.queue;

import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.spi.HotPath;

/// Where a queue's requests come from. All methods are called on the queue's thread.
public interface QueueFront {
    /// The ring is open and the thread has joined its group: prepare what brings the first request.
    void start(QueueAgent agent) throws ErrnoException;

    /// A completion whose user data [QueueAgent#frontData] made; `payload` is what was given to it.
    @HotPath
    void completed(long payload, int result, int flags);

    /// Nothing will come any more and nothing of this front is in the ring: the thread may end.
    boolean isDone();

    /// Frees what the front owns; the ring is closed already.
    void close();
}
