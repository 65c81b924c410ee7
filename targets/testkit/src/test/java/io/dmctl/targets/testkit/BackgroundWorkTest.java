package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.Background;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Work that no bio brings: started at resume, stopped by a suspend, which waits for it.
class BackgroundWorkTest {
    private static final int SECTORS = 256;

    /// Zeroes its device from the first sector to the last while it is resumed.
    private static final class Wiper extends TestTargets.PassThrough {
        private final Domain owner;
        private final Data zeros = Data.of(MemorySegment.ofArray(new byte[512]));
        private int next;
        private boolean running;
        private boolean stopping;
        private int outAtPostsuspend = -1;
        private int out;

        Wiper(TargetContext ti, LowerDevice dev) {
            super(ti, dev);
            owner = ti.domain("wiper");
        }

        @Override
        public void resume() {
            stopping = false;
            ti.queueWork(owner);
        }

        @Override
        public void presuspend() {
            stopping = true;
        }

        @Override
        public void postsuspend() {
            outAtPostsuspend = out;
        }

        @Override
        public void work(Domain domain, QueueContext q) {
            if (!running) {
                running = true;
                wipe(q);
            }
        }

        private void wipe(QueueContext q) {
            if (stopping || next == SECTORS) {
                running = false;
                ti.signal();
                return;
            }
            final Bio own = q.newBio(dev, ReqOp.WRITE, 0, next++, 1, zeros, (bio, c) -> {
                out--;
                wipe(c);
            });
            out++;
            q.submit(Objects.requireNonNull(own));
        }
    }

    @Test
    void aSuspendWaitsForTheTargetsOwnBiosAndAResumeGoesOn() {
        Seeds.each(20, seed -> {
            final List<Wiper> made = new ArrayList<>();
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("wiper", (ti, dev) -> {
                made.add(new Wiper(ti, dev));
                return made.getLast();
            });
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 2, 8, 2), type)) {
                final RamDevice ram = g.ram("a", SECTORS);
                final byte[] ones = new byte[SECTORS << 9];
                Arrays.fill(ones, (byte) 1);
                ram.setContents(ones);
                final TestDevice dev = g.create("dev", "0 " + SECTORS + " wiper a");
                final Wiper wiper = made.getFirst();
                g.scheduler().run(g.scheduler().random().nextInt(200));
                dev.suspend(g.scheduler().random().nextInt(2) == 0);
                assertEquals(0, wiper.outAtPostsuspend, "own bios in flight at postsuspend");
                assertEquals(0, dev.core().busyBios());
                final int at = wiper.next;
                g.scheduler().runToIdle();
                assertEquals(at, wiper.next, "went on while suspended");
                dev.resume();
                g.scheduler().runToIdle();
                assertArrayEquals(new byte[SECTORS << 9], ram.contents());
            }
        });
    }

    @Test
    void workOfATableThatIsGoneIsDropped() throws TableException {
        final List<Wiper> made = new ArrayList<>();
        final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("wiper", (ti, dev) -> {
            made.add(new Wiper(ti, dev));
            return made.getLast();
        });
        try (TestGroup g = new TestGroup(new TestGroup.Config(1, 1, 8, 2), type)) {
            g.ram("a", SECTORS);
            final TestDevice dev = g.create("dev", "0 " + SECTORS + " wiper a");
            final Wiper first = made.getFirst();
            dev.reload("0 " + SECTORS + " wiper a");
            final int at = first.next;
            first.ti.queueWork(first.owner);
            g.scheduler().runToIdle();
            assertEquals(at, first.next);
        }
    }

    /// Keeps every bio for an hour, unless it has to stop.
    private static final class Keeper extends TestTargets.PassThrough {
        private final Domain owner;
        private final boolean onDomain;

        Keeper(TargetContext ti, LowerDevice dev, boolean onDomain) {
            super(ti, dev);
            owner = ti.domain("keeper");
            this.onDomain = onDomain;
        }

        @Override
        public @Nullable Object newPerIo() {
            return new boolean[1];
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            super.map(bio, q);
            ((boolean[]) Objects.requireNonNull(bio.perIo()))[0] = !onDomain;
            if (onDomain) {
                q.post(owner, bio);
            } else {
                q.timer(bio, 3_600_000_000_000L);
            }
            return MapResult.SUBMITTED;
        }

        @Override
        public void work(Bio bio, QueueContext q) {
            final boolean[] kept = (boolean[]) Objects.requireNonNull(bio.perIo());
            if (kept[0]) {
                q.home(bio);
            } else {
                kept[0] = true;
                q.timer(bio, 3_600_000_000_000L);
            }
        }
    }

    @Test
    void timersEndEarlyWhenTheDeviceIsSuspended() {
        for (boolean onDomain : new boolean[] {false, true}) {
            Seeds.each(10, seed -> {
                final TestTargets.OneDeviceType type =
                        new TestTargets.OneDeviceType("keeper", (ti, dev) -> new Keeper(ti, dev, onDomain));
                try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 3, 8, 2), type)) {
                    g.ram("a", SECTORS);
                    final TestDevice dev = g.create("dev", "0 " + SECTORS + " keeper a");
                    final List<TestIo> reads = new ArrayList<>();
                    for (int i = 0; i < 6; i++) {
                        reads.add(dev.startRead(i, 1));
                    }
                    g.scheduler().run(g.scheduler().random().nextInt(30));
                    final long start = g.scheduler().nowNs();
                    dev.suspend(false);
                    assertTrue(g.scheduler().nowNs() - start < 3_600_000_000_000L, "waited for the timers");
                    dev.resume();
                    dev.awaitAll();
                    assertTrue(reads.stream().allMatch(r -> r.status() == 0));
                }
            });
        }
    }

    /// Has more to write than there are bios, and asks for another only when it is called.
    private static final class Hungry extends TestTargets.PassThrough {
        private final Domain owner;
        private final Data bytes = Data.of(MemorySegment.ofArray(new byte[512]));
        private int next;

        Hungry(TargetContext ti, LowerDevice dev) {
            super(ti, dev);
            owner = ti.domain("hungry");
        }

        @Override
        public void resume() {
            ti.queueWork(owner);
        }

        @Override
        public void work(Domain domain, QueueContext q) {
            while (next < SECTORS) {
                final Bio own = q.newBio(dev, ReqOp.WRITE, 0, next, 1, bytes, (bio, c) -> {});
                if (own == null) {
                    return;
                }
                next++;
                q.submit(own);
            }
        }
    }

    @Test
    void workThatFoundNoBioIsCalledAgainWhenOneIsFreeAndASuspendWaitsForAll() {
        Seeds.each(10, seed -> {
            final List<Hungry> made = new ArrayList<>();
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("hungry", (ti, dev) -> {
                made.add(new Hungry(ti, dev));
                return made.getLast();
            });
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 1, 8, 3), type)) {
                final RamDevice ram = g.ram("a", SECTORS).record();
                final TestDevice dev = g.create("dev", "0 " + SECTORS + " hungry a");
                g.scheduler().run(g.scheduler().random().nextInt(20));
                dev.suspend(false);
                assertEquals(made.getFirst().next, ram.ops().size());
                assertEquals(0, dev.core().busyBios());
                dev.resume();
                g.scheduler().runToIdle();
                assertEquals(SECTORS, ram.ops().size());
            }
        });
    }

    @Test
    void hooksRunTasksOnTheDomainsThreadAndShareWhatTheGroupShares() {
        Seeds.each(5, seed -> {
            final List<StringBuilder> shared = new ArrayList<>();
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("sharer", (ti, dev) -> {
                final StringBuilder s = ti.shared(StringBuilder.class, StringBuilder::new);
                shared.add(s);
                ti.run(ti.domain(dev), () -> s.append(dev.name()));
                return new TestTargets.PassThrough(ti, dev);
            });
            try (TestGroup g = new TestGroup(seed, type)) {
                g.ram("a", SECTORS);
                g.ram("b", SECTORS);
                g.create("one", "0 1 sharer a");
                g.create("two", "0 1 sharer b");
                assertEquals("ab", shared.getFirst().toString());
                assertSame(shared.get(0), shared.get(1));
            }
        });
    }

    /// Writes sectors for whoever asks, on bios that are no device's.
    private static final class Scribe implements Background.Worker {
        private final Data bytes = Data.of(MemorySegment.ofArray(new byte[512]));
        private final LowerDevice dev;
        private int wanted;
        private int next;
        private int done;

        Scribe(LowerDevice dev) {
            this.dev = dev;
        }

        @Override
        public Object newPerIo() {
            return this;
        }

        @Override
        public void work(QueueContext q) {
            while (next < Math.min(wanted, SECTORS)) {
                final Bio own = q.newBio(dev, ReqOp.WRITE, 0, next, 1, bytes, (bio, c) -> {
                    assertSame(this, bio.perIo());
                    done++;
                    wanted++;
                    work(c);
                });
                if (own == null) {
                    return;
                }
                next++;
                q.submit(own);
            }
        }
    }

    @Test
    void aBackgroundsBiosAreNoDevicesAndOutliveTheTable() {
        Seeds.each(10, seed -> {
            final List<Scribe> scribes = new ArrayList<>();
            final List<Background> backgrounds = new ArrayList<>();
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("asker", (ti, dev) -> {
                final Domain owner = ti.domain("scribe");
                ti.run(owner, () -> {
                    scribes.add(new Scribe(dev));
                    backgrounds.add(ti.background(owner, scribes.getLast()));
                });
                return new TestTargets.PassThrough(ti, dev) {
                    @Override
                    public MapResult map(Bio bio, QueueContext q) {
                        q.post(owner, bio);
                        return MapResult.SUBMITTED;
                    }

                    @Override
                    public void work(Bio bio, QueueContext q) {
                        scribes.getFirst().wanted += 3;
                        scribes.getFirst().work(backgrounds.getFirst().queue());
                        q.complete(bio);
                    }
                };
            });
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 1, 8, 2), type)) {
                g.ram("a", SECTORS + 8);
                final TestDevice dev = g.create("dev", "0 8 asker a");
                dev.startRead(0, 1);
                dev.awaitAll();
                dev.suspend(false); // with bios of the background in flight, one of which leads to the next
                dev.close();
                g.scheduler().runToIdle();
                assertEquals(SECTORS, scribes.getFirst().next);
                assertEquals(SECTORS, scribes.getFirst().done);
                backgrounds.getFirst().close();
            }
        });
    }
}
