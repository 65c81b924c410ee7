package io.dmctl.backend.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.ThreadScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The budget's constants are what a device costs, and it refuses what does not fit.
class MemoryBudgetUringTest {
    private static final int THREADS = 8;
    private static final int DEVICES = 16;
    /// So that what else this JVM does meanwhile weighs little beside them.
    private static final int IDLE_DEVICES = 512;

    private final List<QueueAgent> workers = new ArrayList<>();
    private final IoGroup group = new IoGroup(new ThreadScheduler(), index -> {
        throw new IllegalStateException("no domain is asked for");
    });

    @BeforeEach
    void start() throws ErrnoException {
        final Availability ring = IoUring.probe();
        Assumptions.assumeTrue(ring.available(), ring.toString());
        for (int i = 0; i < THREADS; i++) {
            workers.add(QueueAgent.worker(group, group.newThreadIndex()));
        }
    }

    @AfterEach
    void stop() {
        workers.forEach(QueueAgent::close);
    }

    private static long usedHeapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// What a device takes on each thread, and what the budget says of it.
    private record Cost(long bytes, long budgetedBytes) {}

    private Cost costOfADevice(int depth, int number, Consumer<MappedDevice> use) {
        final MappedDevice first = group.create("first", depth);
        use.accept(first);
        final long budgeted = MemoryBudget.slotBytes(first.biosOnAThread());
        group.forget(first); // what is loaded once does not count
        final long before = usedHeapBytes();
        final List<MappedDevice> devices = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            devices.add(group.create("d" + i, depth));
        }
        devices.forEach(use);
        final long each = (usedHeapBytes() - before) / ((long) number * THREADS);
        assertEquals(number, devices.size());
        return new Cost(each, budgeted);
    }

    /// A request on every thread; it waits, for the device has no table.
    private void serveOnEveryThread(MappedDevice device) {
        for (QueueAgent worker : workers) {
            final CountDownLatch taken = new CountDownLatch(1);
            worker.execute(() -> {
                device.submit(new Request((request, thread) -> {}, 0), worker);
                taken.countDown();
            });
            awaitUnchecked(taken);
        }
        assertEquals(THREADS, device.equippedThreads());
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1024})
    void aDeviceCostsOnAThreadThatServesItWhatTheBudgetSays(int depth) {
        final Cost cost = costOfADevice(depth, DEVICES, this::serveOnEveryThread);
        assertTrue(
                cost.bytes <= cost.budgetedBytes && cost.bytes > cost.budgetedBytes * 3 / 4,
                cost.bytes + " bytes measured, the budget says " + cost.budgetedBytes);
    }

    @Test
    void aDeviceCostsLittleOnAThreadThatDoesNotServeIt() {
        final Cost cost = costOfADevice(0, IDLE_DEVICES, device -> assertEquals(0, device.equippedThreads()));
        assertTrue(cost.bytes <= MemoryBudget.IDLE_SLOT_BYTES, cost.bytes + " bytes measured");
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheFigures() throws Exception {
        final MemoryBudget budget = new MemoryBudget(group, device -> 1);
        budget.requireDevice(1, 128);
        final int tooMany = (int) (Runtime.getRuntime().maxMemory() / MemoryBudget.slotBytes(IoGroup.POOL_BIOS));
        final DmProtocolException heap =
                assertThrows(DmProtocolException.class, () -> budget.requireDevice(tooMany, 128));
        assertEquals(Errno.ENOMEM, heap.errno());
        assertTrue(
                String.valueOf(heap.getMessage()).startsWith("1 devices, the last on " + tooMany + " I/O threads"),
                heap.getMessage());
        final DmProtocolException buffers =
                assertThrows(DmProtocolException.class, () -> MemoryBudget.requireBuffers(1L << 50));
        assertEquals(Errno.ENOMEM, buffers.errno());
    }

    /// What no thread has made yet is kept free for it: the second device does not get the first one's room.
    @Test
    void whatIsPromisedIsReserved() throws Exception {
        final long slot = MemoryBudget.slotBytes(IoGroup.POOL_BIOS + IoGroup.OWN_BIOS);
        final int most = (int) (Runtime.getRuntime().maxMemory() / slot);
        final MappedDevice first = group.create("first");
        final int[] threads = {0};
        final MemoryBudget budget = new MemoryBudget(group, device -> threads[0]);
        budget.requireDevice(most / 3, 128);
        threads[0] = most;
        final DmProtocolException full =
                assertThrows(DmProtocolException.class, () -> budget.requireDevice(most / 3, 128));
        assertEquals(Errno.ENOMEM, full.errno());
        group.forget(first);
        budget.requireDevice(most / 3, 128);
    }
}
