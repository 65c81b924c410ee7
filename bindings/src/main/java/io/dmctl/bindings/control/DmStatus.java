package io.dmctl.bindings.control;

import java.util.List;

/// A device's state and what each target of the asked table says; no lines when there is no such table.
public record DmStatus(DmDeviceInfo info, List<DmStatusLine> lines) {
    public DmStatus {
        lines = List.copyOf(lines);
    }
}
