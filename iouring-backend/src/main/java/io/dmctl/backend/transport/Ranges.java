package io.dmctl.backend.transport;

/// What the transports' options are checked against, before anything is opened.
final class Ranges {
    /// Memory for the buffers of one device.
    private static final long MAX_BUFFER_BYTES = 2L << 30;

    private Ranges() {}

    static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be in " + min + ".." + max + ", was " + value);
        }
    }

    /// The buffers, as many as `sets` and `depth` say, must fit the budget.
    static void checkBuffers(String setsName, int sets, int depth, int maxIoBytes) {
        final long bytes = (long) sets * depth * maxIoBytes;
        if (bytes > MAX_BUFFER_BYTES) {
            throw new IllegalArgumentException(setsName + " x depth x maxIoBytes must be at most " + MAX_BUFFER_BYTES
                    + " bytes of buffers, was " + sets + " x " + depth + " x " + maxIoBytes + " = " + bytes);
        }
    }
}
