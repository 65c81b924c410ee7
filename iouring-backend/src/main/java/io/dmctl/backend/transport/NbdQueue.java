package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.backend.queue.QueueFront;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.spi.HotPath;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connections of one I/O thread. All but the constructor, [#isReadOnly] and [#idle] runs on that thread.
@HotPath
final class NbdQueue implements QueueFront {
    /// Where the payload of refused writes goes; never read, so all connections share it.
    static final int DRAIN_BYTES = 64 << 10;

    private static final int SEND = 1;

    private final MappedDevice device;
    private final Consumer<NbdConnection> whenOver;
    private final Mapping drain;
    private final @Nullable NbdConnection[] connections;
    private final CountDownLatch idle = new CountDownLatch(1);
    private volatile boolean readOnly;
    private @Nullable QueueAgent agent;
    private int count;
    private boolean stopping;

    /// `whenOver` is told, on this queue's thread, of each connection that has ended.
    NbdQueue(MappedDevice device, int maxConnections, Consumer<NbdConnection> whenOver) throws ErrnoException {
        this.device = device;
        this.whenOver = whenOver;
        this.drain = Mapping.anonymous(DRAIN_BYTES);
        this.connections = new NbdConnection[maxConnections];
    }

    @Override
    public void start(QueueAgent newAgent) {
        agent = newAgent;
    }

    QueueAgent agent() {
        return Objects.requireNonNull(agent);
    }

    MappedDevice device() {
        return device;
    }

    long drainAddress() {
        return drain.address();
    }

    /// Whether the live table is read-only, whatever a client was told.
    boolean isReadOnly() {
        return readOnly;
    }

    void setReadOnly(boolean now) {
        readOnly = now;
    }

    static long receiveData(int slot) {
        return QueueAgent.frontData((long) slot << 1);
    }

    static long sendData(int slot) {
        return QueueAgent.frontData((long) slot << 1 | SEND);
    }

    /// There is a free slot: the transport admits no more connections than there are slots.
    void add(NbdConnection connection) {
        int slot = 0;
        while (connections[slot] != null) {
            slot++;
        }
        connections[slot] = connection;
        count++;
        connection.start(slot);
    }

    @Override
    public void completed(long payload, int result, int flags) {
        final NbdConnection connection = Objects.requireNonNull(connections[(int) (payload >>> 1)]);
        if ((payload & SEND) == 0) {
            connection.received(result);
        } else {
            connection.sent(result);
        }
    }

    void over(NbdConnection connection, int slot) {
        connections[slot] = null;
        count--;
        whenOver.accept(connection);
        tellIdle();
    }

    /// Ends every connection; no more are added.
    void stop() {
        stopping = true;
        for (NbdConnection connection : connections) {
            if (connection != null) {
                connection.abort();
            }
        }
        tellIdle();
    }

    private void tellIdle() {
        if (isDone()) {
            idle.countDown();
        }
    }

    /// Open until the queue was stopped and its last connection is over.
    CountDownLatch idle() {
        return idle;
    }

    @Override
    public boolean isDone() {
        return stopping && count == 0;
    }

    @Override
    public void close() {
        drain.close();
    }
}
