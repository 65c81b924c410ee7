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
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What does a read of 4 KiB from the page cache cost through a queue's thread, its ring and a linear target,
/// 32 in flight, beside one pread(2) a block on the caller's thread? The bytes come from memory, so the
/// difference is ours and io_uring's.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PageCacheReadBenchmark {
    private static final int DEPTH = 32;
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 256;
    /// A batch: the hand-over to the queue's thread and back is spread over so many.
    private static final int READS = 16_384;

    private @Nullable Rig rig;
    private long block;

    private record Rig(Path file, Fd fd, Mapping buffers, ReadLoad load) {}

    @Setup
    public void open() throws Exception {
        final Path file = Files.write(Files.createTempFile("dmctl-bench", ".img"), new byte[BLOCKS * BLOCK]);
        final Fd fd = Fd.open(file.toString(), OpenFlags.RDONLY);
        final IoGroup group = new IoGroup(new ThreadScheduler(), PageCacheReadBenchmark::noWorker);
        final long sectors = ((long) BLOCKS * BLOCK) >> 9;
        final BenchDevices devices = new BenchDevices(new PageCacheFile(fd, sectors));
        final ReadLoad load = new ReadLoad(devices.running(group, sectors, "linear", "7:0 0"), DEPTH, BLOCK);
        QueueAgent.start(group, "bench", load);
        rig = new Rig(file, fd, Mapping.anonymous((long) DEPTH * BLOCK), load);
    }

    private static IoThread noWorker(int index) {
        throw new IllegalStateException("linear has no domain");
    }

    @Benchmark
    @OperationsPerInvocation(READS)
    public void queueRingLinear() {
        check(rig().load.run(READS));
    }

    @Benchmark
    @OperationsPerInvocation(READS)
    public void pread() {
        final int fd = rig().fd.number();
        final long to = rig().buffers.address();
        int failed = 0;
        long b = block;
        for (int i = 0; i < READS; i++) {
            b = (b + 7919) % BLOCKS;
            if (Sys.pread(fd, to + (long) (i % DEPTH) * BLOCK, BLOCK, b * BLOCK) != BLOCK) {
                failed++;
            }
        }
        block = b;
        check(failed);
    }

    private Rig rig() {
        return Objects.requireNonNull(rig);
    }

    private static void check(int failed) {
        if (failed > 0) {
            throw new IllegalStateException(failed + " reads failed");
        }
    }

    @TearDown
    public void close() throws IOException {
        rig().load.stop();
        rig().buffers.close();
        rig().fd.close();
        Files.delete(rig().file);
    }
}
