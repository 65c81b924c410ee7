package io.dmctl.backend.watch;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatusLine;
import java.util.List;

/// A device at a moment.
///
/// @param table what the targets of the table in use tell of it
/// @param status how the targets do
record DeviceView(Engine engine, DmDeviceInfo info, List<DmStatusLine> table, List<DmStatusLine> status) {
    DmName name() {
        return info.name();
    }

    /// Whether `other`, of another name, is this device: its uuid, or without one its number and table.
    boolean isRenamed(DeviceView other) {
        if (engine != other.engine || !info.uuid().equals(other.info.uuid())) {
            return false;
        }
        return info.uuid().isPresent()
                || (info.devno().major() != 0 && info.devno().equals(other.info.devno()) && table.equals(other.table));
    }
}
