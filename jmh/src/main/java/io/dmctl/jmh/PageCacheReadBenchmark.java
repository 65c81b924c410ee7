package io.dmctl.jmh;

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
    /// A batch: the hand-over to the queue's thread and back is spread over so many.
    private static final int READS = 16_384;

    private @Nullable ReadRig rig;

    @Setup
    public void open() throws Exception {
        rig = ReadRig.open(DEPTH, "linear");
    }

    @Benchmark
    @OperationsPerInvocation(READS)
    public void queueRingLinear() {
        Objects.requireNonNull(rig).queueReads(READS);
    }

    @Benchmark
    @OperationsPerInvocation(READS)
    public void pread() {
        Objects.requireNonNull(rig).preads(READS);
    }

    @TearDown
    public void close() {
        Objects.requireNonNull(rig).close();
    }
}
