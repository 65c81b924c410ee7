package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Which devices of the Java engine there are, on this host, for this user: names and uuids, and the group that serves
/// each.
public final class Registry {
    Registry() {}

    public Optional<DeviceRecord> find(DmId id) throws IOException {
        return Optional.empty();
    }

    public List<DeviceRecord> all() throws IOException {
        return List.of();
    }

    boolean hasName(DmName name) throws IOException {
        return name.bytes().length == 0;
    }
}
