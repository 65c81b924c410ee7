package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.UnixSocket;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The I/O threads of an NBD device, and the connections that are spread over them.
///
/// Thread rule: any thread.
final class NbdQueues {
    private final MappedDevice device;
    private final NbdOptions options;
    private final List<NbdQueue> queues = new ArrayList<>();
    private final List<QueueAgent> agents = new ArrayList<>();
    private final Set<NbdConnection> connections = new HashSet<>();
    private int next;

    private NbdQueues(MappedDevice device, NbdOptions options) {
        this.device = device;
        this.options = options;
    }

    /// Starts the threads, named after the export.
    ///
    /// @throws ErrnoException when one does not start; none runs then
    static NbdQueues start(IoGroup group, MappedDevice device, NbdOptions options, String name) throws ErrnoException {
        final NbdQueues all = new NbdQueues(device, options);
        boolean ok = false;
        try {
            for (int i = 0; i < options.queues(); i++) {
                final NbdQueue queue = new NbdQueue(device, options.maxConnections(), all::remove);
                all.agents.add(QueueAgent.start(group, "nbd-" + name + "-q" + i, queue));
                all.queues.add(queue);
            }
            ok = true;
            return all;
        } finally {
            if (!ok) {
                all.stop();
            }
        }
    }

    void setReadOnly(boolean readOnly) {
        queues.forEach(q -> q.setReadOnly(readOnly));
    }

    /// Hands a client that has negotiated to a queue, which owns the socket from here on, also when this throws.
    ///
    /// @throws ErrnoException ENOMEM
    void add(UnixSocket socket, NbdExport export) throws ErrnoException {
        final int i;
        synchronized (this) {
            i = next;
            next = (next + 1) % queues.size();
        }
        final NbdConnection connection;
        boolean ok = false;
        try {
            connection = new NbdConnection(queues.get(i), socket, export, options.depth());
            ok = true;
        } finally {
            if (!ok) {
                socket.close();
            }
        }
        synchronized (this) {
            connections.add(connection);
        }
        agents.get(i).execute(() -> queues.get(i).add(connection));
    }

    private synchronized void remove(NbdConnection connection) {
        connections.remove(connection);
    }

    /// Connections that hold memory.
    synchronized int count() {
        return connections.size();
    }

    /// Connections whose client is there.
    synchronized int openCount() {
        return (int) connections.stream().filter(NbdConnection::isOpen).count();
    }

    /// Ends every connection, then the threads. No connection is added any more.
    void stop() {
        for (int i = 0; i < queues.size(); i++) {
            agents.get(i).execute(queues.get(i)::stop);
        }
        for (NbdQueue queue : queues) {
            Draining.await(device, queue.idle());
        }
        agents.forEach(QueueAgent::close);
    }
}
