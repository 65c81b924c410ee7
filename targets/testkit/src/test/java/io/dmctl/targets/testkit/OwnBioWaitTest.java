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
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a target does on its domain waits for a bio of its own, or for the next table.
class OwnBioWaitTest {
    private static final int SECTORS = 64;

    /// Writes its device full of ones when the domain gets to it: one bio after the other, as many as there are.
    private static final class Filler extends TestTargets.PassThrough {
        private final Domain owner;
        private final Data ones;
        private int next;

        Filler(TargetContext ti, LowerDevice dev) {
            super(ti, dev);
            owner = ti.domain("filler");
            final MemorySegment bytes = MemorySegment.ofArray(new byte[512]);
            bytes.fill((byte) 1);
            ones = Data.of(bytes);
        }

        @Override
        public void resume() {
            ti.queueWork(owner);
        }

        @Override
        public void work(Domain domain, QueueContext q) {
            while (next < SECTORS) {
                final Bio own = q.newBio(dev, ReqOp.WRITE, 0, next, 1, ones, (bio, c) -> {});
                if (own == null) {
                    return;
                }
                next++;
                q.submit(own);
            }
        }
    }

    @Test
    void targetsOfOneTableThatShareAThreadsBiosAllGetThem() {
        Seeds.each(20, seed -> {
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("filler", Filler::new);
            final int own = 1 + (int) (seed % 3);
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 1, 4, own), type)) {
                final List<RamDevice> devices = new ArrayList<>();
                final StringBuilder table = new StringBuilder();
                for (int i = 0; i < 4; i++) {
                    devices.add(g.ram("d" + i, SECTORS));
                    table.append(i * SECTORS + " " + SECTORS + " filler d" + i + "\n");
                }
                g.create("dev", table.toString().strip());
                g.scheduler().runToIdle();
                final byte[] ones = new byte[SECTORS << 9];
                MemorySegment.ofArray(ones).fill((byte) 1);
                for (RamDevice device : devices) {
                    assertArrayEquals(ones, device.contents());
                }
            }
        });
    }

    /// Keeps every write until a suspend, and then hands it back.
    private static final class Holder extends TestTargets.PassThrough {
        private final Domain owner;
        private final ArrayDeque<Bio> held = new ArrayDeque<>();
        private boolean suspending;

        Holder(TargetContext ti, LowerDevice dev) {
            super(ti, dev);
            owner = ti.domain("holder");
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            q.post(owner, bio);
            return MapResult.SUBMITTED;
        }

        @Override
        public void work(Bio bio, QueueContext q) {
            held.add(bio);
            work(owner, q);
        }

        @Override
        public void work(Domain domain, QueueContext q) {
            while (suspending && !held.isEmpty()) {
                q.requeue(held.poll());
            }
        }

        @Override
        public void presuspend() {
            suspending = true;
            ti.queueWork(owner);
        }
    }

    @Test
    void whatIsHandedBackFromADomainWaitsForTheNextTableOrFails() {
        Seeds.each(20, seed -> {
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("holder", Holder::new);
            try (TestGroup g = new TestGroup(seed, type)) {
                final RamDevice a = g.ram("a", SECTORS);
                final TestDevice dev = g.create("dev", "0 " + SECTORS + " holder a");
                final boolean noflush = seed % 2 == 0;
                final byte[] all = new byte[SECTORS << 9];
                g.scheduler().random().nextBytes(all);
                final TestIo write = dev.startWrite(0, all);
                g.scheduler().run(g.scheduler().random().nextInt(10));
                dev.load("0 " + SECTORS + " linear a 0");
                dev.suspend(noflush);
                final boolean failed = write.done();
                assertTrue(!noflush || !failed, "failed in a suspend without flush");
                dev.resume();
                final int status = dev.await(write);
                // A write that had not entered yet goes to the new table.
                assertEquals(failed ? -5 : 0, status);
                assertArrayEquals(failed ? new byte[SECTORS << 9] : all, a.contents());
            }
        });
    }
}
