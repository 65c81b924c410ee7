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

    public EmbeddedOptions {
        Ranges.check("queues", queues, 1, MAX_QUEUES);
        Ranges.check("depth", depth, 1, MAX_DEPTH);
        Ranges.check("maxIoBytes", maxIoBytes, 4096, 32 << 20);
        if (maxIoBytes % 4096 != 0) {
            throw new IllegalArgumentException("maxIoBytes must be a multiple of 4096, was " + maxIoBytes);
        }
        Ranges.checkBuffers("queues", queues, depth, maxIoBytes);
    }
}
