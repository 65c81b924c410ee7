package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import java.util.Optional;

/// What the registry keeps of a device: its identity, the group that serves it (none before the first load), and how it
/// is shown
/// (nothing before the first resume): `ublk`, `nbd` or `embedded`, with the device's path or the NBD address.
public record DeviceRecord(
        DmName name,
        Optional<DmUuid> uuid,
        Optional<String> group,
        Optional<String> transport,
        Optional<String> address) {}
