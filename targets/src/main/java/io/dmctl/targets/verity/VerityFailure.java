package io.dmctl.targets.verity;

/// What `restart_on_...` and `panic_on_...` come to in user space: nobody catches it, so the server of the device
/// ends and the device fails hard.
final class VerityFailure extends Error {
    private static final long serialVersionUID = 1L;

    VerityFailure(String message) {
        super(message);
    }
}
