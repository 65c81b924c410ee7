package io.dmctl.backend.transport;

/// How a device is served inside the process.
///
/// @param queues I/O threads; callers are spread over them
/// @param depth requests in flight on each; further callers wait
/// @param maxIoBytes the size of each request's buffer; longer reads and writes go in pieces
public record EmbeddedOptions(int queues, int depth, int maxIoBytes) {
    public static final int MAX_QUEUES = 128;
    public static final int MAX_DEPTH = 4096;
    public static final EmbeddedOptions DEFAULT = new EmbeddedOptions(1, 64, 256 << 10);
    private static final long MAX_BUFFER_BYTES = 2L << 30;

    public EmbeddedOptions {
        range("queues", queues, 1, MAX_QUEUES);
        range("depth", depth, 1, MAX_DEPTH);
        range("maxIoBytes", maxIoBytes, 4096, 32 << 20);
        if (maxIoBytes % 4096 != 0) {
            throw new IllegalArgumentException("maxIoBytes must be a multiple of 4096, was " + maxIoBytes);
        }
        final long bytes = (long) queues * depth * maxIoBytes;
        if (bytes > MAX_BUFFER_BYTES) {
            throw new IllegalArgumentException("queues x depth x maxIoBytes must be at most " + MAX_BUFFER_BYTES
                    + " bytes of buffers, was " + queues + " x " + depth + " x " + maxIoBytes + " = " + bytes);
        }
    }

    private static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be in " + min + ".." + max + ", was " + value);
        }
    }
}
