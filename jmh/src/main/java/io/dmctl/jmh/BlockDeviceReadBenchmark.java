package io.dmctl.jmh;

import io.dmctl.bindings.sys.OpenFlags;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// How many reads of 4 KiB a second does a block device answer, with O_DIRECT and `depth` of them in flight? The
/// device is one that is there, of ublk for one: `jmh/ublk` makes some in the lab, and `-p device=PATH` names
/// those of a real machine.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class BlockDeviceReadBenchmark {
    /// A batch: the hand-over to the thread that reads, and back, is spread over so many.
    private static final int READS = 1024;

    /// Its path; several with commas between them.
    @Param("")
    public String device = "";

    @Param({"1", "32", "128"})
    public int depth;

    private @Nullable ReadRig rig;

    @Setup
    public void open() throws Exception {
        if (device.isEmpty()) {
            throw new IllegalStateException("which device? give -p device=/dev/mapper/NAME");
        }
        rig = ReadRig.open(Path.of(device), OpenFlags.RDONLY | OpenFlags.DIRECT, depth, "linear");
    }

    @Benchmark
    @OperationsPerInvocation(READS)
    public void read4k() {
        Objects.requireNonNull(rig).queueReads(READS);
    }

    @TearDown
    public void close() {
        if (rig != null) {
            rig.close();
        }
    }
}
