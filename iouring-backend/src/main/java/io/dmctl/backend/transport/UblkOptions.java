package io.dmctl.backend.transport;

/// How a device is shown through ublk. `maxIoBytes` is the largest request, and the size of each tag's buffer.
public record UblkOptions(int queues, int depth, int maxIoBytes) {
    public static final int MAX_QUEUES = 128;
    public static final int MAX_DEPTH = 4096;
    public static final UblkOptions DEFAULT = new UblkOptions(1, 128, 256 << 10);

    /// Memory for the buffers of one device: more is refused before anything is opened.
    private static final long MAX_BUFFER_BYTES = 2L << 30;

    public UblkOptions {
        range("queues", queues, 1, MAX_QUEUES);
        range("depth", depth, 1, MAX_DEPTH);
        range("maxIoBytes", maxIoBytes, 4096, 32 << 20);
        final long bytes = (long) queues * depth * maxIoBytes;
        if (bytes > MAX_BUFFER_BYTES) {
            throw new IllegalArgumentException("queues x depth x maxIoBytes must be at most " + MAX_BUFFER_BYTES
                    + " bytes of buffers, was " + queues + " x " + depth + " x " + maxIoBytes + " = " + bytes);
        }
    }

    /// 0 keeps what there is.
    public UblkOptions with(int newQueues, int newDepth) {
        return new UblkOptions(newQueues == 0 ? queues : newQueues, newDepth == 0 ? depth : newDepth, maxIoBytes);
    }

    private static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be in " + min + ".." + max + ", was " + value);
        }
    }
}
