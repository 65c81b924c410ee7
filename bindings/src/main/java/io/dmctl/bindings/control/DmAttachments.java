package io.dmctl.bindings.control;

import java.util.List;

/// What goes with a request that an ioctl cannot carry: open devices, and options as `key=value`.
public record DmAttachments(List<DeviceDescriptor> devices, List<String> options) {
    public static final DmAttachments NONE = new DmAttachments(List.of(), List.of());

    public DmAttachments {
        devices = List.copyOf(devices);
        options = List.copyOf(options);
    }

    public boolean isEmpty() {
        return devices.isEmpty() && options.isEmpty();
    }
}
