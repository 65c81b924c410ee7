package io.dmctl.backend.writelog;

import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileIdentity;
import io.dmctl.bindings.sys.OpenFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where a log is replayed to. Writes go through the page cache, which a command that looks at the device in
/// between sees as well.
///
/// Thread rule: one thread. Owns its file.
public final class ReplayDevice implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 20;

    private final String name;
    private final FileChannel file;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES).asReadOnlyBuffer();

    private ReplayDevice(String name, FileChannel file) {
        this.name = name;
        this.file = file;
    }

    /// @throws io.dmctl.bindings.sys.ErrnoException EBUSY when a block device is in use
    public static ReplayDevice open(Path path) throws IOException {
        try (Fd fd = Fd.open(path.toString(), OpenFlags.RDWR | OpenFlags.NONBLOCK)) {
            if (FileIdentity.of(fd.number()).isBlockDevice()) {
                // Free now is enough: it cannot be held while a check mounts the device.
                Fd.open(path.toString(), OpenFlags.RDWR | OpenFlags.EXCL).close();
            }
        }
        return new ReplayDevice(
                path.toString(), FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /// Does to the device what the entry says; a discard leaves zeros.
    ///
    /// @throws WriteLogException when it lies past the device's end
    public void apply(WriteLogEntry entry, WriteLogReader log) throws IOException {
        final long from = entry.sector() << 9;
        final long bytes = entry.sectors() << 9;
        if (from + bytes > file.size()) {
            throw new WriteLogException(
                    name,
                    "entry " + entry.number() + " is past the end: sector " + entry.sector() + " + " + entry.sectors()
                            + " of " + (file.size() >> 9));
        }
        if (entry.is(WriteLogEntry.DISCARD)) {
            zero(from, bytes);
            return;
        }
        for (long done = 0; done < entry.dataBytes(); ) {
            final ByteBuffer data = log.data(entry, done);
            final int n = data.remaining();
            writeFully(data, from + done);
            done += n;
        }
    }

    /// What is zero already is not written: a sparse file stays sparse.
    private void zero(long from, long bytes) throws IOException {
        for (long done = 0; done < bytes; ) {
            final int n = (int) Math.min(CHUNK_BYTES, bytes - done);
            chunk.clear().limit(n);
            while (chunk.hasRemaining() && file.read(chunk, from + done + chunk.position()) > 0) {}
            if (chunk.flip().mismatch(zeros.slice(0, n)) >= 0) {
                writeFully(zeros.slice(0, n), from + done);
            }
            done += n;
        }
    }

    private void writeFully(ByteBuffer data, long at) throws IOException {
        final long start = at - data.position();
        while (data.hasRemaining()) {
            file.write(data, start + data.position());
        }
    }

    /// Makes what was written durable.
    public void sync() throws IOException {
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
