package io.dmctl.lab.parity;

import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A whole device in memory.
final class Contents {
    private static final int CHUNK_BYTES = 1 << 20;

    private Contents() {}

    static MemorySegment read(BlockIo device, Arena arena) throws ErrnoException {
        return read(device, BlockDevices.sizeBytes(device.fd()), arena);
    }

    /// The first `bytes` of it.
    static MemorySegment read(BlockIo device, long bytes, Arena arena) throws ErrnoException {
        final MemorySegment content = arena.allocate(bytes, 4096);
        for (long at = 0; at < bytes; at += CHUNK_BYTES) {
            final MemorySegment chunk = content.asSlice(at, Math.min(CHUNK_BYTES, bytes - at));
            require("read", chunk.byteSize(), device.read(chunk, at));
        }
        return content;
    }

    static void write(BlockIo device, MemorySegment content) throws ErrnoException {
        for (long at = 0; at < content.byteSize(); at += CHUNK_BYTES) {
            final MemorySegment chunk = content.asSlice(at, Math.min(CHUNK_BYTES, content.byteSize() - at));
            require("write", chunk.byteSize(), device.write(chunk, at));
        }
    }

    private static void require(String call, long bytes, long result) throws ErrnoException {
        ErrnoException.check(call, "device", result);
        if (result != bytes) {
            throw new AssertionError(call + ": " + result + " of " + bytes + " bytes");
        }
    }
}
