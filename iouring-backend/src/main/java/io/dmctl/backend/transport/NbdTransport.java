package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A mapped device as an NBD export on a Unix socket.
///
/// A client keeps the size that it was told when it connected; read-only holds for all from the resume on.
public final class NbdTransport implements BlockTransport {
    private static final Logger log = LoggerFactory.getLogger(NbdTransport.class);

    private final IoGroup group;
    private final MappedDevice device;
    private final NbdOptions options;
    private final String exportName;
    private @Nullable NbdQueues queues;
    private volatile @Nullable NbdListener listener;
    private QueueLimits limits = QueueLimits.STACKING;
    private boolean readOnly;

    /// @param exportName what clients ask for; the empty name leads here too
    /// @throws IllegalArgumentException when the name is longer than the protocol allows
    public NbdTransport(IoGroup group, MappedDevice device, NbdOptions options, String exportName) {
        final int bytes = exportName.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > NbdProtocol.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "exportName must be at most " + NbdProtocol.MAX_NAME_BYTES + " bytes, was " + bytes);
        }
        this.group = group;
        this.device = device;
        this.options = options;
        this.exportName = exportName;
    }

    @Override
    public String kind() {
        return "nbd";
    }

    /// `nbd+unix:///NAME?socket=PATH`, percent-encoded.
    @Override
    public Optional<String> address() {
        return listener == null
                ? Optional.empty()
                : Optional.of("nbd+unix:///" + percentEncode(exportName) + "?socket="
                        + percentEncode(options.socket().toString()));
    }

    private static String percentEncode(String text) {
        final StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            final char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%').append(String.format("%02X", (int) c));
            }
        }
        return out.toString();
    }

    @Override
    public int openCount() {
        final NbdListener l = listener;
        return l == null ? 0 : l.openCount();
    }

    @Override
    public void prepare(QueueLimits newLimits, long sizeSectors, boolean tableReadOnly) throws TableException {
        if (newLimits.logicalBlockSize() > options.maxIoBytes()) {
            throw refuse("the table needs blocks of " + newLimits.logicalBlockSize()
                    + " bytes, nbd requests have at most " + options.maxIoBytes());
        }
        if (newLimits.logicalBlockSize() > limits.logicalBlockSize() && openCount() > 0) {
            throw refuse("the new table needs blocks of " + newLimits.logicalBlockSize()
                    + " bytes, connected nbd clients were told " + limits.logicalBlockSize() + ": disconnect them");
        }
        if (queues == null) {
            try {
                queues = NbdQueues.start(group, device, options, exportName);
            } catch (ErrnoException e) {
                throw new TableException(e.getMessage(), e.errno(), -1, -1);
            }
        }
        limits = newLimits;
        readOnly = tableReadOnly;
    }

    private static TableException refuse(String text) {
        return new TableException(text, Errno.EINVAL, -1, -1);
    }

    @Override
    public void activate(long sizeSectors) throws TableException {
        final NbdQueues q = queues;
        if (q == null) {
            throw new IllegalStateException("activate before prepare");
        }
        final NbdExport export = NbdExport.of(
                exportName,
                sizeSectors << 9,
                readOnly,
                limits.maxDiscardSectors() != 0,
                limits.logicalBlockSize(),
                options.maxIoBytes());
        q.setReadOnly(readOnly);
        final NbdListener l = listener;
        if (l != null) {
            l.show(export);
            return;
        }
        try {
            listener = NbdListener.bind(options, q, export);
            log.info("nbd {}: {}, {} queues", exportName, options.socket(), options.queues());
        } catch (ErrnoException e) {
            throw new TableException(e.getMessage(), e.errno(), -1, -1);
        }
    }

    @Override
    public void stop() throws ErrnoException {
        final NbdListener l = listener;
        if (l != null && !l.stop()) {
            throw new ErrnoException("stop", "nbd " + exportName, Errno.EBUSY);
        }
        listener = null;
        final NbdQueues q = queues;
        queues = null;
        if (q != null) {
            q.stop();
            log.info("nbd {}: stopped", exportName);
        }
    }
}
