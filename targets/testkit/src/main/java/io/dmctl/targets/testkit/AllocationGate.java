package io.dmctl.targets.testkit;

import com.sun.management.ThreadMXBean;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.LiveTable;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TableSpec;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.core.ThreadScheduler;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// Counts the bytes that a real I/O thread allocates for requests through the core, on devices that are done at
/// once.
public final class AllocationGate {
    private static final int REQUESTS = 100_000;
    private static final int TOLERANCE_BYTES = 64;
    private static final int MAX_WARM_UPS = 20;
    /// Requests that take longer than this for all are lost.
    private static final long LOST_NS = 60_000_000_000L;

    private AllocationGate() {}

    /// A table of one line; requests begin `strideSectors` apart, and go on where those before them ended.
    public record Line(long lenSectors, String params, boolean readOnly, int strideSectors) {
        public Line(long lenSectors, String params, boolean readOnly) {
            this(lenSectors, params, readOnly, 1);
        }
    }

    /// Bytes for 100000 reads and for as many writes of 8 sectors, after warm-up, with their bytes in memory and
    /// again with a holder; up to 64 count as 0.
    public static long[] bytes(
            TargetType type, long lenSectors, String params, List<String> deviceNames, long deviceSectors)
            throws TableException {
        final List<BlockDevice> devices = new ArrayList<>();
        deviceNames.forEach(name -> devices.add(new RamDevice(name, deviceSectors)));
        return bytes(type, lenSectors, params, devices);
    }

    /// As above, on these devices. What the threads of domains allocate counts too.
    public static long[] bytes(TargetType type, long lenSectors, String params, List<? extends BlockDevice> devices)
            throws TableException {
        return bytes(type, new Line(lenSectors, params, false), devices);
    }

    /// As above, with a table that may be read-only.
    public static long[] bytes(TargetType type, Line line, List<? extends BlockDevice> devices) throws TableException {
        final List<LoopIoThread> domains = new CopyOnWriteArrayList<>();
        final AtomicReference<IoGroup> made = new AtomicReference<>();
        final IoGroup group = new IoGroup(new ThreadScheduler(), index -> {
            final LoopIoThread domain = new LoopIoThread(index).start();
            domain.execute(() -> made.get().join(domain));
            domains.add(domain);
            return domain;
        });
        made.set(group);
        try (LoopIoThread thread = new LoopIoThread(group.newThreadIndex()).start()) {
            thread.execute(() -> group.join(thread));
            final TestServices services = new TestServices();
            devices.forEach(device -> services.add(device.name(), device));
            final MappedDevice device = group.create("dev");
            final TableSpec spec =
                    new TableSpec(0, line.lenSectors, type.name(), line.params.getBytes(StandardCharsets.UTF_8));
            final LiveTable table = new TableBuilder(TargetRegistry.of(List.of(type)), group, services)
                    .build(device, List.of(spec), line.readOnly);
            device.load(table);
            device.resume(false);
            final long[] result = new long[2];
            for (boolean held : new boolean[] {false, true}) {
                result[0] += settle(device, thread, domains, ReqOp.READ, line, held);
                result[1] += settle(device, thread, domains, ReqOp.WRITE, line, held);
            }
            device.remove();
            return result;
        } finally {
            domains.forEach(LoopIoThread::close);
        }
    }

    /// The compilers need a while until nothing escapes any more; a path that allocates never settles.
    private static long settle(
            MappedDevice device, LoopIoThread thread, List<LoopIoThread> domains, ReqOp op, Line line, boolean held) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < MAX_WARM_UPS && least > TOLERANCE_BYTES; i++) {
            final CompletableFuture<Long> spent = new CompletableFuture<>();
            final Load load = new Load(device, op, line, held, (long) i * REQUESTS, spent);
            final long before = allocatedBy(domains);
            thread.execute(() -> load.run(thread));
            least = Math.min(least, spent.join() + allocatedBy(domains) - before);
        }
        return least <= TOLERANCE_BYTES ? 0 : least;
    }

    private static long allocatedBy(List<LoopIoThread> threads) {
        final ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.stream()
                .mapToLong(thread -> beans.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }

    /// Requests in bursts, all from the I/O thread, so that a target's domain has something to do meanwhile.
    private static final class Load implements RequestSink {
        private static final int SECTORS = 8;
        private static final int BURST = 50;

        private final MappedDevice device;
        private final ReqOp op;
        private final int strideSectors;
        private final long spots;
        private final long firstSpot;
        private final CompletableFuture<Long> spent;
        private final Request[] requests = new Request[BURST];
        private int done;

        Load(MappedDevice device, ReqOp op, Line line, boolean held, long firstSpot, CompletableFuture<Long> spent) {
            this.device = device;
            this.op = op;
            this.strideSectors = line.strideSectors;
            this.spots = (line.lenSectors - SECTORS) / line.strideSectors + 1;
            this.firstSpot = firstSpot;
            this.spent = spent;
            // One each: a target may look at what was read.
            final List<MemorySegment> buffers = Stream.generate(() -> MemorySegment.ofArray(new byte[SECTORS << 9]))
                    .limit(BURST)
                    .toList();
            final TestHolder holder = new TestHolder(buffers);
            for (int i = 0; i < BURST; i++) {
                requests[i] = new Request(this, i);
                if (held) {
                    requests[i].data().setHeld(holder, i, false);
                } else {
                    requests[i].data().set(Data.of(buffers.get(i)), 0);
                }
            }
        }

        void run(LoopIoThread thread) {
            final ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            beans.getCurrentThreadAllocatedBytes(); // its own first use allocates
            final long before = beans.getCurrentThreadAllocatedBytes();
            final long until = System.nanoTime() + LOST_NS;
            for (int i = 0; i < REQUESTS; i += BURST) {
                for (Request request : requests) {
                    final long spot = (firstSpot + i + request.tag()) % spots;
                    request.init(op, 0, spot * strideSectors, SECTORS);
                    device.submit(request, thread);
                }
                do {
                    thread.runPending();
                } while (done < i + BURST && System.nanoTime() < until);
            }
            final long bytes = beans.getCurrentThreadAllocatedBytes() - before;
            if (done == REQUESTS) {
                spent.complete(bytes);
            } else {
                spent.completeExceptionally(new AssertionError(done + " of " + REQUESTS + " requests ended"));
            }
        }

        @Override
        public void requestDone(Request ended, IoThread thread) {
            done++;
        }
    }
}
