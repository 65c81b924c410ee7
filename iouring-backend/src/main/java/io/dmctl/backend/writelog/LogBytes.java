package io.dmctl.backend.writelog;

import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// The bytes of a log, read in large aligned pieces. A block device is read past the page cache: whoever has
/// the log open writes past it too, and what the cache holds is older.
///
/// Thread rule: one thread. Owns its file.
final class LogBytes implements AutoCloseable {
    private static final int ALIGNMENT = 4096;
    private static final int WINDOW_BYTES = 1 << 20;

    private final String name;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(WINDOW_BYTES, ALIGNMENT);
    private final ByteBuffer window = memory.asByteBuffer();
    private final Fd file;
    private final long sizeBytes;
    private long windowAt;
    private int windowBytes;

    LogBytes(Path path) throws IOException {
        name = path.toString();
        file = Fd.open(name, OpenFlags.RDONLY | (Files.isRegularFile(path) ? 0 : OpenFlags.DIRECT));
        boolean ok = false;
        try {
            sizeBytes = BlockDevices.sizeBytes(file.number());
            ok = true;
        } finally {
            if (!ok) {
                close();
            }
        }
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /// At least one and at most `bytes` bytes from `at`: valid until the next call.
    ByteBuffer read(long at, long bytes) throws IOException {
        if (at < windowAt || at >= windowAt + windowBytes) {
            fill(at - at % ALIGNMENT);
        }
        final int from = (int) (at - windowAt);
        final int n = (int) Math.min(bytes, windowBytes - from);
        if (n <= 0) {
            throw new WriteLogException(name, "ends at byte " + (windowAt + windowBytes) + ", before byte " + at);
        }
        return window.slice(from, n).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void fill(long from) throws IOException {
        windowAt = from;
        windowBytes = 0;
        long n;
        do {
            n = ErrnoException.check(
                    "pread",
                    name,
                    Sys.pread(
                            file.number(),
                            memory.address() + windowBytes,
                            WINDOW_BYTES - windowBytes,
                            from + windowBytes));
            windowBytes += (int) n;
        } while (n > 0 && windowBytes < WINDOW_BYTES && windowBytes % ALIGNMENT == 0); // else it is the end
    }

    /// All of `bytes` bytes from `at`, at most [#ALIGNMENT] of them.
    ByteBuffer block(long at, int bytes) throws IOException {
        final ByteBuffer all = read(at, bytes);
        if (all.remaining() < bytes) {
            throw new WriteLogException(name, "ends at byte " + (at + all.remaining()) + ", in a block of " + bytes);
        }
        return all;
    }

    @Override
    public void close() {
        file.close();
        arena.close();
    }
}
