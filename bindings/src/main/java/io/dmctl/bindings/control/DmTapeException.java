package io.dmctl.bindings.control;

import java.io.IOException;
import java.util.Objects;

/// A record that cannot be written, cannot be read, or is not of what is done: `FILE: line N: what is wrong`.
public final class DmTapeException extends IOException {
    private static final long serialVersionUID = 1L;

    DmTapeException(String message) {
        super(message);
    }

    /// Never null, unlike other exceptions'.
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
