package io.dmctl.cli;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A device's bytes, for who copies to it and from it. Offsets and lengths are multiples of 512 bytes.
sealed interface DeviceIo extends AutoCloseable permits BlockIo, NbdIo {
    /// Writes what remains of `from`.
    void write(long offset, ByteBuffer from) throws IOException;

    /// Fills what remains of `into`.
    void read(long offset, ByteBuffer into) throws IOException;

    /// What was written is durable when it returns.
    void flush() throws IOException;

    @Override
    void close() throws IOException;
}
