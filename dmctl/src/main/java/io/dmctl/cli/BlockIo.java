package io.dmctl.cli;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A block device by its node.
final class BlockIo implements DeviceIo {
    private final FileChannel channel;

    BlockIo(Path node) throws IOException {
        channel = FileChannel.open(node, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        long at = offset;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            final int n = channel.read(into, at);
            if (n < 0) {
                throw new EOFException("read: the device ends at " + at);
            }
            at += n;
        }
    }

    @Override
    public void flush() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
