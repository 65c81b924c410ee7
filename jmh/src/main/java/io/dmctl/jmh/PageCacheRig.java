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
import java.nio.file.Files;
import java.nio.file.Path;

/// A file of 1 MiB in the page cache, to be read in blocks of 4 KiB: through a queue's thread, its ring and a
/// linear target, or by pread(2).
///
/// Owns the file, the descriptor, the buffers and the queue's thread.
record PageCacheRig(Path file, Fd fd, Mapping buffers, ReadLoad load, QueueAgent agent) implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 256;

    static PageCacheRig open(int depth) throws Exception {
        final Path file = Files.write(Files.createTempFile("dmctl-bench", ".img"), new byte[BLOCKS * BLOCK]);
        final Fd fd = Fd.open(file.toString(), OpenFlags.RDONLY);
        final IoGroup group = new IoGroup(new ThreadScheduler(), PageCacheRig::noWorker);
        final long sectors = ((long) BLOCKS * BLOCK) >> 9;
        final BenchDevices devices = new BenchDevices(new PageCacheFile(fd, sectors));
        final ReadLoad load = new ReadLoad(devices.running(group, sectors, "linear", "7:0 0"), depth, BLOCK);
        final QueueAgent agent = QueueAgent.start(group, "bench", load);
        return new PageCacheRig(file, fd, Mapping.anonymous((long) depth * BLOCK), load, agent);
    }

    private static IoThread noWorker(int index) {
        throw new IllegalStateException("linear has no domain");
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
            block = (block + 7919) % BLOCKS;
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
    public void close() throws IOException {
        load.stop();
        buffers.close();
        fd.close();
        Files.delete(file);
    }
}
