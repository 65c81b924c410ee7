package io.dmctl.backend.state;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmName;
import java.util.Set;

/// A device that is there.
///
/// @param spec its table as the engine tells it, with keys; devices of device-mapper as /dev/mapper/NAME,
/// others by number
/// @param uses the devices of device-mapper that its table uses
public record LiveDevice(DeviceSpec spec, DmDeviceInfo info, Set<DmName> uses) {
    public LiveDevice {
        uses = Set.copyOf(uses);
    }

    DmName name() {
        return spec.name();
    }
}
