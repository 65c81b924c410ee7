package io.dmctl.cli;

import io.dmctl.targets.verity.tree.BlockReader;
import io.dmctl.targets.verity.tree.BlockWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file or block device by its path.
final class VerityDisk implements BlockReader, BlockWriter, AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private VerityDisk(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static VerityDisk toRead(Path path) throws IOException {
        return new VerityDisk(path, FileChannel.open(path, StandardOpenOption.READ));
    }

    /// Made when it is not there.
    static VerityDisk toWrite(Path path) throws IOException {
        return new VerityDisk(
                path,
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public void read(long offset, byte[] to, int length) throws IOException {
        final ByteBuffer into = ByteBuffer.wrap(to, 0, length);
        long at = offset;
        while (into.hasRemaining()) {
            final int n = channel.read(into, at);
            if (n < 0) {
                throw new EOFException(path + ": ends at byte " + at);
            }
            at += n;
        }
    }

    @Override
    public void write(long offset, byte[] from, int length) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(from, 0, length);
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
