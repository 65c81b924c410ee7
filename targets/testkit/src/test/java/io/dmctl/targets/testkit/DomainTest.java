package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Bios that go through the worker which owns a target's state.
class DomainTest {
    private static final int SECTORS = 128;
    private static final long DELAY_NS = 5_000_000;

    /// Each write is logged by the domain, with a bio of its own, before it goes on from where it came.
    private static final class Logged extends TestTargets.PassThrough {
        private final Domain owner;
        private final Data record = Data.of(MemorySegment.ofArray(new byte[512]));
        private final ArrayDeque<Bio> waiting = new ArrayDeque<>();
        private final List<Integer> workedOn;
        private int logged;

        Logged(TargetContext ti, LowerDevice dev, List<Integer> workedOn) {
            super(ti, dev);
            this.owner = ti.domain("log");
            this.workedOn = workedOn;
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            super.map(bio, q);
            if (bio.op() != ReqOp.WRITE) {
                return MapResult.REMAPPED;
            }
            q.post(owner, bio);
            return MapResult.SUBMITTED;
        }

        @Override
        public void work(Bio bio, QueueContext q) {
            workedOn.add(q.threadIndex());
            if (!log(bio, q)) {
                waiting.add(bio);
            }
        }

        private boolean log(Bio bio, QueueContext q) {
            final Bio own = q.newBio(dev, ReqOp.WRITE, 0, SECTORS, 1, record, (b, c) -> {
                logged++;
                c.home(bio);
                final Bio next = waiting.poll();
                if (next != null) {
                    c.post(owner, next);
                }
            });
            if (own == null) {
                return false;
            }
            q.submit(own);
            return true;
        }
    }

    @Test
    void workIsDoneOnTheDomainAndTheBioGoesHome() {
        Seeds.each(20, seed -> {
            final List<Integer> workedOn = new ArrayList<>();
            final List<Logged> made = new ArrayList<>();
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("logged", (ti, dev) -> {
                final Logged target = new Logged(ti, dev, workedOn);
                made.add(target);
                return target;
            });
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 3, 8, 2), type)) {
                g.ram("a", SECTORS + 1);
                final TestDevice dev = g.create("dev", "0 " + SECTORS + " logged a");
                final byte[] all = new byte[SECTORS << 9];
                g.scheduler().random().nextBytes(all);
                for (int s = 0; s < SECTORS; s += 4) {
                    dev.startWrite(s, Arrays.copyOfRange(all, s << 9, (s + 4) << 9));
                }
                g.scheduler().run(g.scheduler().random().nextInt(100));
                dev.suspend(false);
                dev.resume();
                dev.awaitAll();
                assertArrayEquals(all, dev.read(0, SECTORS));
                assertEquals(SECTORS / 4, made.getFirst().logged);
                assertTrue(workedOn.stream().allMatch(i -> i == 3), "not on the domain's thread: " + workedOn);
            }
        });
    }

    /// Delays everything on its domain, as dm-delay would.
    private static TestTargets.OneDeviceType delay(List<Long> ends) {
        return new TestTargets.OneDeviceType("late", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
            private final Domain owner = ti.domain("late");
            private final Set<Bio> due = new HashSet<>();

            @Override
            public MapResult map(Bio bio, QueueContext q) {
                super.map(bio, q);
                q.post(owner, bio);
                return MapResult.SUBMITTED;
            }

            @Override
            public void work(Bio bio, QueueContext q) {
                if (due.add(bio)) {
                    q.timer(bio, DELAY_NS);
                } else {
                    due.remove(bio);
                    ends.add(q.nowNs());
                    q.home(bio);
                }
            }
        });
    }

    @Test
    void timersFireWhenTheyAreDueAndNotBefore() {
        Seeds.each(5, seed -> {
            final List<Long> ends = new ArrayList<>();
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 2, 8, 1), delay(ends))) {
                g.ram("a", SECTORS);
                final TestDevice dev = g.create("dev", "0 " + SECTORS + " late a");
                final long start = g.scheduler().nowNs();
                dev.read(0, 8);
                assertEquals(List.of(start + DELAY_NS), ends);
            }
        });
    }

    /// More bios wait on the domain's timers than the domain has of its own.
    @Test
    void timersOfManyThreadsFitOnOneDomain() {
        Seeds.each(3, seed -> {
            final List<Long> ends = new ArrayList<>();
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 4, 8, 1), delay(ends))) {
                g.ram("a", SECTORS);
                final TestDevice dev = g.create("dev", "0 " + SECTORS + " late a");
                for (int i = 0; i < 200; i++) {
                    dev.startRead(i % SECTORS, 1);
                }
                dev.awaitAll();
                assertEquals(200, ends.size());
            }
        });
    }
}
