package io.dmctl.backend.transport;

import io.dmctl.backend.transport.NbdHandshake.ProtocolException;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.UnixServerSocket;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts NBD clients: a thread that accepts and watches the deadlines, and one a client while it negotiates.
///
/// Thread rule: any thread.
final class NbdListener {
    private static final Logger log = LoggerFactory.getLogger(NbdListener.class);
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long OUT_OF_DESCRIPTORS_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final UnixServerSocket server;
    private final NbdQueues queues;
    private final int maxConnections;
    private final long deadlineNs;
    /// Who negotiates, and until when; the oldest first.
    private final Map<UnixSocket, Long> handshakes = new LinkedHashMap<>();

    /// Of those: who may know already that transmission begins.
    private final Set<UnixSocket> agreed = new HashSet<>();

    private final Thread acceptor;
    private volatile NbdExport export;
    private boolean stopped;

    private NbdListener(UnixServerSocket server, NbdOptions options, NbdQueues queues, NbdExport export, long ns) {
        this.server = server;
        this.queues = queues;
        this.maxConnections = options.maxConnections();
        this.export = export;
        this.deadlineNs = ns;
        this.acceptor = Thread.ofPlatform().name("nbd-accept").daemon().unstarted(this::acceptAll);
    }

    /// Binds and begins to accept.
    static NbdListener bind(NbdOptions options, NbdQueues queues, NbdExport export) throws ErrnoException {
        return bind(options, queues, export, DEADLINE_NS);
    }

    /// With another deadline for the handshake.
    static NbdListener bind(NbdOptions options, NbdQueues queues, NbdExport export, long deadlineNs)
            throws ErrnoException {
        final NbdListener listener = new NbdListener(
                UnixServerSocket.bind(options.socket().toString()), options, queues, export, deadlineNs);
        listener.acceptor.start();
        return listener;
    }

    /// What new clients are told.
    void show(NbdExport newExport) {
        export = newExport;
    }

    synchronized int openCount() {
        return (int) agreed.stream().filter(NbdConnection::isThere).count() + queues.openCount();
    }

    /// Stops accepting and ends the handshakes; false, and nothing has changed, while a client is there.
    synchronized boolean stop() {
        if (openCount() > 0) {
            return false;
        }
        stopped = true;
        server.close();
        handshakes.keySet().forEach(UnixSocket::close);
        return true;
    }

    // ---- the acceptor ----

    private void acceptAll() {
        while (true) {
            try {
                final UnixSocket socket = server.accept(endLate());
                if (socket != null) {
                    admit(socket);
                }
            } catch (ErrnoException e) {
                if (e.errno() == Errno.ECANCELED) {
                    return;
                }
                log.warn("nbd: no client accepted: {}", e.getMessage());
                LockSupport.parkNanos(OUT_OF_DESCRIPTORS_PAUSE_NS);
            }
        }
    }

    /// Closes who is past the deadline; answers the ms to the next, -1 when nobody negotiates.
    private synchronized int endLate() {
        final long now = System.nanoTime();
        for (Map.Entry<UnixSocket, Long> e : handshakes.entrySet()) {
            final long leftNs = e.getValue() - now;
            if (leftNs > 0) {
                return (int) TimeUnit.NANOSECONDS.toMillis(leftNs) + 1;
            }
            e.getKey().close();
        }
        return -1;
    }

    private synchronized void admit(UnixSocket socket) {
        if (stopped || handshakes.size() + queues.count() >= maxConnections) {
            log.warn("nbd: {}: a client was turned away: {} connections are the most", socket, maxConnections);
            socket.close();
            return;
        }
        handshakes.put(socket, System.nanoTime() + deadlineNs);
        Thread.ofPlatform().name("nbd-handshake").daemon().start(() -> negotiate(socket));
    }

    // ---- a client's handshake ----

    private void negotiate(UnixSocket socket) {
        final NbdExport shown = export;
        boolean transmission = false;
        try {
            transmission = NbdHandshake.run(socket, shown, () -> agree(socket));
        } catch (ProtocolException e) {
            log.warn("nbd: {}: connection closed: {}", socket, e.getMessage());
        } catch (IOException e) {
            log.debug("nbd: {}: client left in the handshake: {}", socket, e.getMessage());
        } finally {
            end(socket, shown, transmission);
        }
    }

    private synchronized void agree(UnixSocket socket) {
        agreed.add(socket);
    }

    /// In one step from handshake to transmission, so that a stop sees the client in one of the two.
    private synchronized void end(UnixSocket socket, NbdExport shown, boolean transmission) {
        handshakes.remove(socket);
        agreed.remove(socket);
        if (stopped || !transmission) {
            socket.close();
            return;
        }
        try {
            queues.add(socket, shown);
        } catch (ErrnoException e) {
            log.warn("nbd: {}: connection closed: {}", socket, e.getMessage());
        }
    }
}
