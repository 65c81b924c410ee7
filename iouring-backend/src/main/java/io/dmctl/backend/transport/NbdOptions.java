package io.dmctl.backend.transport;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// How a device is exported by NBD.
///
/// @param queues I/O threads; connections are spread over them
/// @param depth requests of one connection that are in flight at once
/// @param socket where the Unix socket is bound
/// @param maxIoBytes the largest READ or WRITE, and the size of each buffer; a connection has `depth` of them
/// @param maxConnections clients at once, those that negotiate included
public record NbdOptions(int queues, int depth, Path socket, int maxIoBytes, int maxConnections) {
    public static final int MAX_QUEUES = 128;
    public static final int MAX_DEPTH = 1024;
    public static final int MAX_CONNECTIONS = 256;
    public static final int DEFAULT_CONNECTIONS = 16;
    public static final int DEFAULT_DEPTH = 32;
    public static final int DEFAULT_MAX_IO_BYTES = 1 << 20;

    /// `sun_path` with its NUL. @kernel include/uapi/linux/un.h `UNIX_PATH_MAX`
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    public NbdOptions {
        Ranges.check("queues", queues, 1, MAX_QUEUES);
        Ranges.check("depth", depth, 1, MAX_DEPTH);
        Ranges.check("maxIoBytes", maxIoBytes, 4096, 32 << 20);
        Ranges.check("maxConnections", maxConnections, 1, MAX_CONNECTIONS);
        if (maxIoBytes % 4096 != 0) {
            throw new IllegalArgumentException("maxIoBytes must be a multiple of 4096, was " + maxIoBytes);
        }
        final int pathBytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (pathBytes < 1 || pathBytes > MAX_SOCKET_PATH_BYTES) {
            throw new IllegalArgumentException("socket must have a path of 1.." + MAX_SOCKET_PATH_BYTES + " bytes, "
                    + socket + " has " + pathBytes);
        }
        Ranges.checkBuffers("maxConnections", maxConnections, depth, maxIoBytes);
    }

    public NbdOptions(int queues, int depth, Path socket, int maxIoBytes) {
        this(queues, depth, socket, maxIoBytes, DEFAULT_CONNECTIONS);
    }

    /// One queue, at `socket`.
    public static NbdOptions at(Path socket) {
        return new NbdOptions(1, DEFAULT_DEPTH, socket, DEFAULT_MAX_IO_BYTES);
    }

    /// 0 keeps what there is.
    public NbdOptions with(int newQueues, int newDepth) {
        return new NbdOptions(
                newQueues == 0 ? queues : newQueues,
                newDepth == 0 ? depth : newDepth,
                socket,
                maxIoBytes,
                maxConnections);
    }
}
