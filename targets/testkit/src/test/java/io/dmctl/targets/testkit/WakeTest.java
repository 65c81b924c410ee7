package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.Scheduler;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.core.TableSpec;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// How often threads wake each other.
class WakeTest {
    private static final int BIOS = 20;

    /// Runs when the test says so.
    private static final class Manual extends IoThread {
        private int wakes;

        Manual(int index) {
            super(index, MemorySegment.ofArray(new byte[512]));
        }

        @Override
        protected void wake() {
            wakes++;
        }

        @Override
        public long nowNs() {
            return 0;
        }
    }

    /// Lets all threads run while the control side waits.
    private record Turns(List<Manual> threads) implements Scheduler {
        @Override
        public long nowNs() {
            return 0;
        }

        @Override
        public boolean await(BooleanSupplier done) {
            while (!done.getAsBoolean()) {
                threads.forEach(IoThread::runPending);
            }
            return true;
        }

        @Override
        public void signal() {}
    }

    /// Completes everything on its domain.
    private static final class Domained extends TestTargets.PassThrough {
        private final Domain owner;

        Domained(TargetContext ti, LowerDevice dev) {
            super(ti, dev);
            owner = ti.domain("owner");
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            q.post(owner, bio);
            return MapResult.SUBMITTED;
        }
    }

    @Test
    void aBatchOfBiosThatGoToAnotherThreadWakesItOnce() throws Exception {
        final List<Manual> threads = new ArrayList<>();
        final List<IoGroup> groups = new ArrayList<>();
        final IoGroup group = new IoGroup(new Turns(threads), index -> {
            threads.add(new Manual(index));
            groups.getFirst().join(threads.getLast());
            return threads.getLast();
        });
        groups.add(group);
        final Manual queue = new Manual(group.newThreadIndex());
        threads.add(queue);
        group.join(queue);
        final TestServices services = new TestServices();
        services.add("a", new RamDevice("a", 64));
        final TargetRegistry types = TargetRegistry.of(List.of(new TestTargets.OneDeviceType("on", Domained::new)));
        final MappedDevice device = group.create("dev");
        final TableSpec line = new TableSpec(0, 64, "on", "a".getBytes(StandardCharsets.UTF_8));
        device.load(new TableBuilder(types, group, services).build(device, List.of(line), false));
        device.resume(false);
        final Manual owner = threads.getLast();

        final int[] ended = {0};
        queue.wakes = 0;
        owner.wakes = 0;
        for (int i = 0; i < BIOS; i++) {
            final Request request = new Request((done, thread) -> ended[0]++, 0);
            request.init(ReqOp.READ, 0, i, 1);
            device.submit(request, queue);
        }
        assertEquals(0, owner.wakes, "woken before the pass was over");
        queue.runPending();
        assertEquals(1, owner.wakes);
        owner.runPending();
        assertEquals(1, queue.wakes);
        queue.runPending();
        assertEquals(BIOS, ended[0]);
        device.remove();
    }
}
