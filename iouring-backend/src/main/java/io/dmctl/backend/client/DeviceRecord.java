package io.dmctl.backend.client;

import io.dmctl.backend.transport.QueueSetup;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import java.util.Optional;

/// What the registry keeps of a device: its identity, the group that serves it (none before the first
/// load), and how it is shown (nothing before the first resume): `ublk`, `nbd` or `embedded`, with the
/// device's path or the NBD address. `ioMode` is an [io.dmctl.backend.transport.IoMode] of a ublk device,
/// `queues` are its queues. `modulePath` has the target types of its tables that are not built in.
public record DeviceRecord(
        DmName name,
        Optional<DmUuid> uuid,
        Optional<String> group,
        Optional<String> transport,
        Optional<String> address,
        Optional<String> ioMode,
        Optional<QueueSetup> queues,
        Optional<String> modulePath) {
    static DeviceRecord of(DmName name, Optional<DmUuid> uuid) {
        return new DeviceRecord(
                name,
                uuid,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    DeviceRecord named(DmName newName, Optional<DmUuid> newUuid) {
        return new DeviceRecord(newName, newUuid, group, transport, address, ioMode, queues, modulePath);
    }

    /// As it is after its first load.
    public DeviceRecord servedBy(Optional<String> newGroup) {
        return new DeviceRecord(
                name,
                uuid,
                newGroup,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                modulePath);
    }

    /// As it is shown from now on.
    public DeviceRecord shownAs(
            String newTransport,
            Optional<String> newAddress,
            Optional<String> newIoMode,
            Optional<QueueSetup> newQueues) {
        return new DeviceRecord(
                name, uuid, group, Optional.of(newTransport), newAddress, newIoMode, newQueues, modulePath);
    }

    /// With the module path of its last load.
    DeviceRecord withModulePath(String path) {
        return new DeviceRecord(
                name,
                uuid,
                group,
                transport,
                address,
                ioMode,
                queues,
                path.isEmpty() ? Optional.empty() : Optional.of(path));
    }

    /// N of /dev/ublkbN, or -1.
    public int ublkId() {
        final String prefix = "/dev/ublkb";
        final String path = address.orElse("");
        return path.startsWith(prefix) ? Integer.parseInt(path.substring(prefix.length())) : -1;
    }
}
