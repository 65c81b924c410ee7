package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.IoThread;
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
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TableSwapTest {
    @Test
    void ioThatWaitedRunsOnTheNewTableInOrder() {
        Seeds.each(20, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 1, 8, 1))) {
                final RamDevice a = g.ram("a", 64);
                final RamDevice b = g.ram("b", 64);
                final TestDevice dev = g.create("dev", "0 64 linear a 0");
                dev.suspend(false);
                a.record();
                b.record();
                for (int i = 0; i < 10; i++) {
                    dev.startRead(i, 1);
                }
                dev.reload("0 64 linear b 0");
                dev.awaitAll();
                assertEquals(List.of(), a.ops());
                assertEquals(
                        List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L),
                        b.ops().stream().map(DeviceOp::sector).toList());
            }
        });
    }

    @Test
    void aSmallerTableEndsEarlier() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = g.create("dev", "0 64 zero");
            dev.reload("0 32 zero");
            assertEquals(32, dev.core().sizeSectors());
            assertArrayEquals(new byte[512], dev.read(31, 1));
            assertEquals(-5, dev.status(ReqOp.READ, 0, 32, 1));
        }
    }

    /// @kernel drivers/md/dm-ioctl.c `do_resume`
    @Test
    void aTableThatCannotGoLiveIsDestroyedAndTheDeviceStaysSuspended() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 64);
            final RamDevice b = g.ram("b", 8);
            final TestDevice dev = g.create("dev", "0 64 linear a 0");
            dev.load("0 64 linear b 0"); // its size is looked at when it goes live
            assertThrows(TableException.class, dev::resume);
            assertTrue(dev.core().suspended());
            assertEquals("0 64 linear a 0", dev.table());
            assertEquals(0, g.opens(b));
            dev.resume();
            assertEquals(0, dev.status(ReqOp.READ, 0, 0, 64));
        }
    }

    @Test
    void manyDevicesComeAndGo() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            for (int i = 0; i < 50; i++) {
                try (TestDevice dev = g.create("dev", "0 8 zero")) {
                    assertEquals(0, dev.status(ReqOp.READ, 0, 0, 8));
                }
            }
            // The thread numbers bios from 0; those of devices that are gone are given out again.
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> g.threads().getFirst().bio(4 * IoGroup.POOL_BIOS));
        }
    }

    /// Two real threads at full load, each with two requests that go round.
    @Test
    void realThreadsLoseNothing() throws Exception {
        final IoGroup group = new IoGroup(new ThreadScheduler(), index -> new LoopIoThread(index).start(), 3, 1);
        final TestServices services = new TestServices();
        services.add("a", new RamDevice("a", 256));
        services.add("b", new RamDevice("b", 256));
        final TableBuilder builder = new TableBuilder(TargetRegistry.load(), group, services);
        try (LoopIoThread one = new LoopIoThread(group.newThreadIndex()).start();
                LoopIoThread two = new LoopIoThread(group.newThreadIndex()).start()) {
            one.execute(() -> group.join(one));
            two.execute(() -> group.join(two));
            final MappedDevice device = group.create("dev");
            final TableSpec line = new TableSpec(0, 256, "striped", "2 4 a 0 b 0".getBytes(StandardCharsets.UTF_8));
            device.load(builder.build(device, List.of(line), false));
            device.resume(false);
            final CountDownLatch stopped = new CountDownLatch(4);
            final List<Runner> runners = new ArrayList<>();
            for (LoopIoThread thread : List.of(one, two, one, two)) {
                final Runner runner = new Runner(device, stopped);
                runners.add(runner);
                thread.execute(() -> runner.next(thread));
            }
            for (int i = 0; i < 200; i++) {
                device.load(builder.build(device, List.of(line), false));
                device.resume(i % 2 == 0);
            }
            runners.forEach(r -> r.stop = true);
            assertTrue(stopped.await(20, TimeUnit.SECONDS), "lost a request");
            for (Runner runner : runners) {
                assertEquals(0, runner.errors);
            }
            assertEquals(0, device.busyBios());
            device.remove();
            assertEquals(0, services.allOpens());
        }
    }

    private static final class Runner implements RequestSink {
        private final MappedDevice device;
        private final CountDownLatch stopped;
        private final Request request = new Request(this, 0);
        private volatile boolean stop;
        private volatile int errors;

        Runner(MappedDevice device, CountDownLatch stopped) {
            this.device = device;
            this.stopped = stopped;
            request.data().set(Data.of(MemorySegment.ofArray(new byte[64 << 9])), 0);
        }

        void next(IoThread thread) {
            request.init(ReqOp.READ, 0, 3, 64);
            device.submit(request, thread);
        }

        @Override
        public void requestDone(Request done, IoThread thread) {
            if (done.status() != 0) {
                errors = done.status();
            }
            if (stop) {
                stopped.countDown();
            } else {
                thread.execute(() -> next(thread));
            }
        }
    }
}
