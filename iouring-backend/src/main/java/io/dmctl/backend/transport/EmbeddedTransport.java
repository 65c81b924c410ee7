package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A mapped device for callers in the same process: [#open].
public final class EmbeddedTransport implements BlockTransport {
    private final IoGroup group;
    private final MappedDevice device;
    private final EmbeddedOptions options;
    private final List<EmbeddedQueue> queues = new ArrayList<>();
    private final List<QueueAgent> agents = new ArrayList<>();
    private volatile boolean readOnly;
    private volatile boolean active;
    private int handles;

    public EmbeddedTransport(IoGroup group, MappedDevice device, EmbeddedOptions options) {
        this.group = group;
        this.device = device;
        this.options = options;
    }

    @Override
    public String kind() {
        return "embedded";
    }

    @Override
    public Optional<String> address() {
        return Optional.empty();
    }

    @Override
    public void prepare(QueueLimits limits, long sizeSectors, boolean tableReadOnly) throws TableException {
        if (limits.logicalBlockSize() > options.maxIoBytes()) {
            throw new TableException(
                    "the table needs blocks of " + limits.logicalBlockSize() + " bytes, requests have at most "
                            + options.maxIoBytes(),
                    Errno.EINVAL,
                    -1,
                    -1);
        }
        try {
            while (agents.size() < options.queues()) {
                final EmbeddedQueue queue = new EmbeddedQueue(device, options);
                agents.add(QueueAgent.start(group, "embedded-q" + agents.size(), queue));
                queues.add(queue);
            }
        } catch (ErrnoException e) {
            throw new TableException(e.getMessage(), e.errno(), -1, -1);
        }
        readOnly = tableReadOnly;
    }

    @Override
    public void activate(long sizeSectors) {
        active = true;
    }

    /// Opens the device; the caller closes it.
    ///
    /// @throws ErrnoException ENXIO before the first resume and after [#stop]
    public synchronized EmbeddedDevice open() throws ErrnoException {
        if (!active) {
            throw new ErrnoException("open", device.name(), Errno.ENXIO);
        }
        handles++;
        return new EmbeddedDevice(this, device, queues, agents, options.maxIoBytes());
    }

    synchronized void closed() {
        handles--;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public synchronized int openCount() {
        return handles;
    }

    /// Calls that are still running on a closed handle are waited for; those that a suspend has parked fail with EIO.
    @Override
    public void stop() throws ErrnoException {
        synchronized (this) {
            if (handles > 0) {
                throw new ErrnoException("stop", device.name(), Errno.EBUSY);
            }
            active = false;
        }
        for (EmbeddedQueue queue : queues) {
            queue.stop();
        }
        for (EmbeddedQueue queue : queues) {
            Draining.await(device, queue.idle());
        }
        agents.forEach(QueueAgent::close);
        agents.clear();
        queues.clear();
    }
}
