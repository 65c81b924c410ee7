package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Devno;
import java.util.List;

/// A device's state and the devices that its table uses.
public record DmDeps(DmDeviceInfo info, List<Devno> devices) {
    public DmDeps {
        devices = List.copyOf(devices);
    }
}
