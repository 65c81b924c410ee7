package io.dmctl.jmh;

import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.ThreadScheduler;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What does the core add to one request of 4 KiB, from `MappedDevice.submit` to `requestDone`? The lower
/// device is done at once, and one thread is both caller and I/O thread: no kernel, no ring, no hand-over.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CorePathBenchmark {
    private static final long DEVICE_SECTORS = 1 << 21;
    private static final int SECTORS = 8;
    private static final int ZERO_BYTES = 1 << 18;

    /// `striped` is over four devices with chunks of 64 KiB, so that no request is split.
    @Param({"linear", "striped", "zero", "trace"})
    public String target = "";

    private final Caller caller = new Caller();
    private final Counter counter = new Counter();
    private final IoGroup group = new IoGroup(new ThreadScheduler(), CorePathBenchmark::noWorker);
    private final Request request = new Request(counter, 0);
    private MappedDevice device = group.create("not-set-up");
    private long sector;

    /// The benchmark's own thread; it never sleeps, so nobody needs to wake it.
    private static final class Caller extends IoThread {
        Caller() {
            super(0, Arena.global().allocate(ZERO_BYTES));
        }

        @Override
        protected void wake() {}

        @Override
        public long nowNs() {
            return System.nanoTime();
        }
    }

    private static final class Counter implements RequestSink {
        long done;

        @Override
        public void requestDone(Request finished, IoThread thread) {
            if (finished.status() != 0) {
                throw new IllegalStateException("status " + finished.status());
            }
            done++;
        }
    }

    private static IoThread noWorker(int index) {
        throw new IllegalStateException("the measured targets have no domain");
    }

    @Setup
    public void open() throws TableException {
        final MemorySegment buffer = Arena.global().allocate(SECTORS << 9);
        request.data().setMemory(buffer, buffer.asReadOnly());
        final String params = switch (target) {
            case "linear", "trace" -> "7:0 2048";
            case "striped" -> "4 128 7:0 0 7:0 0 7:0 0 7:0 0";
            case "zero" -> "";
            default -> throw new IllegalArgumentException(target);
        };
        // Before the thread joins: there is none yet that the control methods would wait for.
        device = new BenchDevices(new InstantDevice(2 * DEVICE_SECTORS)).running(group, DEVICE_SECTORS, target, params);
        group.join(caller);
    }

    @Benchmark
    public long read() {
        sector = ((sector + 104_728) % (DEVICE_SECTORS - SECTORS)) & -SECTORS; // scattered, always whole blocks
        request.init(ReqOp.READ, 0, sector, SECTORS);
        device.submit(request, caller);
        caller.runPending();
        return counter.done;
    }
}
