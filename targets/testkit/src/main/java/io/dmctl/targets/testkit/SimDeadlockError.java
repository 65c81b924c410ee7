package io.dmctl.targets.testkit;

/// Somebody waits, and nothing is left that could go on.
public final class SimDeadlockError extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimDeadlockError(String message) {
        super(message);
    }
}
