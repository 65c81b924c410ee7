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
import io.dmctl.targets.core.ThreadScheduler;
import java.util.ArrayList;
import java.util.List;
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

    @ParameterizedTest
    @ValueSource(ints = {0, 1024})
    void aDeviceCostsOnAThreadWhatTheBudgetSays(int depth) {
        final MappedDevice first = group.create("first", depth);
        final long budgeted = MemoryBudget.slotBytes(first.biosOnAThread());
        group.forget(first); // what is loaded once does not count
        final long before = usedHeapBytes();
        final List<MappedDevice> devices = new ArrayList<>();
        for (int i = 0; i < DEVICES; i++) {
            devices.add(group.create("d" + i, depth));
        }
        final long each = (usedHeapBytes() - before) / (DEVICES * THREADS);
        assertEquals(DEVICES, devices.size());
        assertTrue(each <= budgeted && each > budgeted * 3 / 4, each + " bytes measured, the budget says " + budgeted);
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheFigures() throws Exception {
        final MemoryBudget budget = new MemoryBudget(group);
        budget.requireDevice(1, 128);
        final int tooMany = (int) (Runtime.getRuntime().maxMemory() / MemoryBudget.slotBytes(IoGroup.POOL_BIOS));
        final DmProtocolException heap =
                assertThrows(DmProtocolException.class, () -> budget.requireDevice(tooMany, 128));
        assertEquals(Errno.ENOMEM, heap.errno());
        assertTrue(
                String.valueOf(heap.getMessage()).startsWith("1 devices on " + (THREADS + tooMany) + " I/O threads"),
                heap.getMessage());
        final DmProtocolException buffers =
                assertThrows(DmProtocolException.class, () -> MemoryBudget.requireBuffers(1L << 50));
        assertEquals(Errno.ENOMEM, buffers.errno());
    }
}
