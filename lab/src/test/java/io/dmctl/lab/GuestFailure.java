package io.dmctl.lab;

/// A failure in the guest, told by its text: the trace in it is the guest's, and the host's own would mislead.
final class GuestFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    GuestFailure(String text) {
        super(text);
        setStackTrace(new StackTraceElement[0]);
    }
}
