package io.dmctl.bindings.sys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// The page size, and rounding to it.
public final class Pages {
    /// C: `#define AT_PAGESZ 6` (linux/auxvec.h)
    private static final long AT_PAGESZ = 6;

    private static final int DEFAULT_BYTES = 4096;
    private static final int BYTES = read();

    private Pages() {}

    /// Bytes a page.
    public static int sizeBytes() {
        return BYTES;
    }

    /// `bytes` rounded up to whole pages.
    public static long roundUp(long bytes) {
        return Math.addExact(bytes, BYTES - 1L) & -BYTES;
    }

    // From the auxiliary vector: getpagesize(3) is no system call, and this layer has one native shape only.
    private static int read() {
        try {
            final ByteBuffer auxv = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (auxv.remaining() >= 2 * Long.BYTES) {
                final long type = auxv.getLong();
                final long value = auxv.getLong();
                if (type == AT_PAGESZ) {
                    return Math.toIntExact(value);
                }
            }
            return DEFAULT_BYTES;
        } catch (IOException e) {
            return DEFAULT_BYTES; // no /proc: the page size of every x86_64 kernel
        }
    }
}
