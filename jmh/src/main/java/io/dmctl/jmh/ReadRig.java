package io.dmctl.jmh;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.ThreadScheduler;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file to be read in blocks of 4 KiB: through a queue's thread, its ring and a target that passes reads
/// through, or by pread(2).
///
/// Owns the descriptor, the buffers and the queue's thread.
record ReadRig(Fd fd, long blocks, Mapping buffers, ReadLoad load, QueueAgent agent) implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 256;

    /// Over a file of 1 MiB of its own in the page cache.
    static ReadRig open(int depth, String target) throws Exception {
        final Path file = Files.write(Files.createTempFile("dmctl-bench", ".img"), new byte[BLOCKS * BLOCK]);
        try {
            return open(file, OpenFlags.RDONLY, depth, target);
        } finally {
            Files.delete(file);
        }
    }

    /// Over `file`, opened with `flags` ([OpenFlags]).
    static ReadRig open(Path file, int flags, int depth, String target) throws Exception {
        final Fd fd = Fd.open(file.toString(), flags);
        final IoGroup group = new IoGroup(new ThreadScheduler(), ReadRig::noWorker);
        final long blocks = sizeBytes(file) / BLOCK;
        final long sectors = (blocks * BLOCK) >> 9;
        final BenchDevices devices = new BenchDevices(new ReadFile(fd, sectors));
        final ReadLoad load = new ReadLoad(devices.running(group, sectors, target, "7:0 0"), depth, BLOCK);
        final QueueAgent agent = QueueAgent.start(group, "bench", load);
        return new ReadRig(fd, blocks, Mapping.anonymous((long) depth * BLOCK), load, agent);
    }

    /// Also of a block device, of which [Files#size] knows none.
    private static long sizeBytes(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.size();
        }
    }

    private static IoThread noWorker(int index) {
        throw new IllegalStateException("the measured targets have no domain");
    }

    void queueReads(int count) {
        check(load.run(count));
    }

    /// On the calling thread.
    void preads(int count) {
        final int number = fd.number();
        final long to = buffers.address();
        final long buffersBytes = buffers.segment().byteSize();
        int failed = 0;
        long block = 0;
        long at = 0;
        for (int i = 0; i < count; i++) {
            block = (block + 7919) % blocks;
            at = (at + BLOCK) % buffersBytes;
            if (Sys.pread(number, to + at, BLOCK, block * BLOCK) != BLOCK) {
                failed++;
            }
        }
        check(failed);
    }

    private static void check(int failed) {
        if (failed > 0) {
            throw new IllegalStateException(failed + " reads failed");
        }
    }

    @Override
    public void close() {
        load.stop();
        buffers.close();
        fd.close();
    }
}
