package io.dmctl.backend.server;

import io.dmctl.backend.client.BlockNumbers;
import io.dmctl.backend.client.DeviceState;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.TableState;
import io.dmctl.backend.transport.BlockTransport;
import io.dmctl.backend.transport.QueueSetup;
import io.dmctl.backend.transport.UblkTransport;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmFlags;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.LiveTable;
import io.dmctl.targets.core.MappedDevice;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// A device of this server: its identity, the mapped device, how it is shown.
///
/// Thread rule: name and uuid change under the server's lock. This object's monitor is held over a resume, a rename and
/// a removal, and taken before the server's.
final class ServedDevice {
    final MappedDevice md;
    final BlockTransport transport;
    volatile DmName name;
    volatile Optional<DmUuid> uuid;
    private final LoadOptions options;
    /// What is kept of each table; nothing of one with a key.
    private final Map<LiveTable, TableState> kept = Collections.synchronizedMap(new WeakHashMap<>());

    ServedDevice(DmName name, Optional<DmUuid> uuid, MappedDevice md, BlockTransport transport, LoadOptions options) {
        this.name = name;
        this.uuid = uuid;
        this.md = md;
        this.transport = transport;
        this.options = options;
    }

    /// How many I/O threads serve its queues; before its first resume, how many are to.
    int ioThreads() {
        return transport.queueSetup().map(QueueSetup::threads).orElse(options.ioThreads());
    }

    void keep(LiveTable table, Optional<TableState> state) {
        state.ifPresent(s -> kept.put(table, s));
    }

    /// What the next server would need.
    DeviceState state() {
        return new DeviceState(
                name,
                uuid,
                options,
                transport instanceof UblkTransport ublk ? ublk.id() : -1,
                md.eventNr(),
                md.suspended(),
                kept(md.live()),
                kept(md.inactive()));
    }

    private Optional<TableState> kept(@Nullable LiveTable table) {
        return table == null ? Optional.empty() : Optional.ofNullable(kept.get(table));
    }

    /// @throws DmProtocolException EOPNOTSUPP with the reason
    void requireMaySuspend() throws DmProtocolException {
        refuse(transport.refusesSuspend());
    }

    /// @throws DmProtocolException EOPNOTSUPP with the reason
    void requireMayShow(LiveTable table) throws DmProtocolException {
        refuse(transport.refuses(table));
    }

    private void refuse(Optional<String> reason) throws DmProtocolException {
        if (reason.isPresent()) {
            throw new DmProtocolException(Errno.EOPNOTSUPP, name + ": " + reason.get());
        }
    }

    /// Must every request of it end before a hand-over?
    boolean failsWhatIsInFlight() {
        return transport instanceof UblkTransport ublk && ublk.failsWhatIsInFlight();
    }

    /// `suspended`: a device of this server is.
    ///
    /// @throws DmProtocolException EOPNOTSUPP with the reason when it cannot be handed over
    void requireHandOver(boolean suspended) throws DmProtocolException {
        refuse(
                transport instanceof UblkTransport ublk
                        ? ublk.keepsFromHandOver(suspended)
                        : Optional.of("it is shown by " + transport.kind() + ", whose clients would lose it"));
    }

    void handOver() throws ErrnoException {
        if (transport instanceof UblkTransport ublk) {
            ublk.handOver();
        }
    }

    /// As the header of a reply says it. @kernel drivers/md/dm-ioctl.c `__dev_status`
    DmDeviceInfo info(boolean ofInactive) {
        final LiveTable live = md.live();
        final LiveTable inactive = md.inactive();
        int flags = 0;
        if (md.suspended()) {
            flags |= DmFlags.SUSPEND;
        }
        if (live != null) {
            flags |= DmFlags.ACTIVE_PRESENT;
        }
        if (inactive != null) {
            flags |= DmFlags.INACTIVE_PRESENT;
        }
        final LiveTable asked = ofInactive ? inactive : live;
        if (asked != null && asked.readOnly()) {
            flags |= DmFlags.READONLY;
        }
        return new DmDeviceInfo(
                name,
                uuid,
                devno(),
                flags,
                transport.openCount() + md.users(),
                (int) md.eventNr(),
                asked == null ? 0 : asked.targetCount());
    }

    /// The block device's number; 0:0 where there is none.
    Devno devno() {
        return BlockNumbers.of(transport.address());
    }
}
