package io.dmctl.targets.core;

import java.util.Objects;

/// A module path that cannot be used, with what is wrong with it.
public final class TargetModulesException extends Exception {
    private static final long serialVersionUID = 1L;

    TargetModulesException(String text, Throwable cause) {
        super(text, cause);
    }

    /// Never null, unlike other exceptions'.
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
