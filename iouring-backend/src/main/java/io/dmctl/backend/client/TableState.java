package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmTableLine;
import java.util.List;

/// A table as it is kept for a recovery: its words lead to the same devices from any folder.
public record TableState(boolean readOnly, List<DmTableLine> lines) {
    public TableState {
        lines = List.copyOf(lines);
    }
}
