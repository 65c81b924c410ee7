package io.dmctl.cli.compat;

/// A step failed and has said so on standard error; who called it decides what else is said.
final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed() {
        super(null, null, false, false);
    }
}
