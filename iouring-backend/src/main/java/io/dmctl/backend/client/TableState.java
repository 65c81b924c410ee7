package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmTableLine;
import java.util.List;

/// A table as it is kept for a recovery: its words lead to the same devices from any folder. `number` is
/// the group's for it, by which what its targets keep is found; 0 for a table that keeps nothing.
public record TableState(long number, boolean readOnly, List<DmTableLine> lines) {
    public TableState {
        lines = List.copyOf(lines);
    }
}
