package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.support.Kcopyd;
import io.dmctl.targets.support.KcopydJob;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class KcopydTest {
    private static final int SECTORS = 512;

    /// Runs what the test asks for on its domain.
    private static final class Copier extends TestTargets.PassThrough {
        private final Domain owner;
        private final Kcopyd kcopyd;
        private final ArrayDeque<BiConsumer<Copier, QueueContext>> tasks = new ArrayDeque<>();
        private final List<String> ends = new ArrayList<>();

        Copier(TargetContext ti, LowerDevice dev, int buffers, int subJobSectors) {
            super(ti, dev);
            owner = ti.domain("copier");
            kcopyd = new Kcopyd(buffers, subJobSectors);
        }

        void run(BiConsumer<Copier, QueueContext> task) {
            tasks.add(task);
            ti.queueWork(owner);
        }

        @Override
        public void work(Domain domain, QueueContext q) {
            kcopyd.run(q);
            BiConsumer<Copier, QueueContext> task;
            while ((task = tasks.poll()) != null) {
                task.accept(this, q);
            }
        }

        void submit(KcopydJob job, String name, QueueContext q) {
            final int before = ends.size();
            kcopyd.submit(job.notify(this::ended, name), q);
            assertEquals(before, ends.size(), "told by submit");
        }

        private void ended(KcopydJob job, QueueContext q) {
            ends.add(job.context() + " " + job.readError() + " " + Integer.toBinaryString(job.writeErrors()));
        }

        @Override
        public void close() {
            kcopyd.close();
        }
    }

    /// A source and destinations of which everything is known.
    private static final class Fixture implements AutoCloseable {
        final TestGroup g;
        final List<RamDevice> devices = new ArrayList<>();
        final List<byte[]> model = new ArrayList<>();
        final Copier copier;
        final SplittableRandom random;

        Fixture(long seed, int ownBios, int buffers, int subJobSectors, int destinations) throws Exception {
            final List<Copier> made = new ArrayList<>();
            final TestTargets.OneDeviceType type = new TestTargets.OneDeviceType("copier", (ti, dev) -> {
                made.add(new Copier(ti, dev, buffers, subJobSectors));
                return made.getLast();
            });
            g = new TestGroup(new TestGroup.Config(seed, 1, 4, ownBios), type);
            random = g.scheduler().random();
            for (int i = 0; i <= destinations; i++) {
                final RamDevice device = g.ram("d" + i, SECTORS);
                final byte[] bytes = new byte[SECTORS << 9];
                random.nextBytes(bytes);
                device.setContents(bytes);
                devices.add(device);
                model.add(bytes);
            }
            g.create("dev", "0 " + SECTORS + " copier d0");
            copier = made.getLast();
        }

        void modelCopy(int from, int fromSector, int to, int toSector, int sectors) {
            System.arraycopy(model.get(from), fromSector << 9, model.get(to), toSector << 9, sectors << 9);
        }

        void compare() {
            for (int i = 0; i < devices.size(); i++) {
                ContractFixture.compare("d" + i, model.get(i), devices.get(i).contents());
            }
        }

        List<String> ends() {
            g.scheduler().runToIdle();
            assertEquals(0, copier.kcopyd.jobs());
            return copier.ends;
        }

        @Override
        public void close() {
            g.close();
        }
    }

    @Test
    void everyDestinationGetsTheRegionAndNothingElseChanges() {
        Seeds.each(60, seed -> {
            final SplittableRandom r = new SplittableRandom(seed);
            final int destinations = 1 + r.nextInt(Kcopyd.MAX_DESTINATIONS);
            try (Fixture f = new Fixture(seed, 1 + r.nextInt(6), 1 + r.nextInt(4), 1 + r.nextInt(40), destinations)) {
                final int jobs = 1 + f.random.nextInt(6);
                for (int j = 0; j < jobs; j++) {
                    final int slot = SECTORS / jobs;
                    final int sectors = 1 + f.random.nextInt(slot);
                    final int from = j * slot;
                    final KcopydJob job = f.copier.kcopyd.newJob().from(f.devices.getFirst(), from, sectors);
                    for (int d = 1; d <= destinations; d++) {
                        final int to = j * slot + f.random.nextInt(slot - sectors + 1);
                        job.to(f.devices.get(d), to);
                        f.modelCopy(0, from, d, to, sectors);
                    }
                    final String name = "job" + j;
                    f.copier.run((c, q) -> c.submit(job, name, q));
                    f.g.scheduler().run(f.random.nextInt(30));
                }
                assertEquals(jobs, f.ends().size());
                assertTrue(
                        f.ends().stream().allMatch(e -> e.endsWith(" false 0")),
                        f.ends().toString());
                f.compare();
            }
        });
    }

    @Test
    void aRegionIsReadInSubJobs() throws Exception {
        try (Fixture f = new Fixture(1, 8, 2, Kcopyd.SUB_JOB_SECTORS / 8, 1)) {
            f.devices.getFirst().record();
            f.copier.run((c, q) ->
                    c.submit(c.kcopyd.newJob().from(f.devices.get(0), 10, 300).to(f.devices.get(1), 0), "job", q));
            assertEquals(List.of("job false 0"), f.ends());
            assertEquals(
                    List.of(
                            new DeviceOp(ReqOp.READ, 0, 10, 128),
                            new DeviceOp(ReqOp.READ, 0, 138, 128),
                            new DeviceOp(ReqOp.READ, 0, 266, 44)),
                    f.devices.getFirst().ops());
        }
    }

    @Test
    void zeroesAreAskedForWhereAllDestinationsCanAndWrittenOutElsewhere() {
        Seeds.each(20, seed -> {
            for (int kind = 0; kind < 3; kind++) {
                try (Fixture f = new Fixture(seed, 1 + (int) (seed % 4), 2, 16, 3)) {
                    final boolean asked = kind != 1;
                    if (kind == 1) {
                        f.devices.get(2).without(ReqOp.WRITE_ZEROES);
                    } else if (kind == 2) {
                        // the limits promise what the device does not keep
                        f.devices.get(2).fail(Fault.all(RamDevice.EOPNOTSUPP, ReqOp.WRITE_ZEROES));
                    }
                    f.devices.forEach(RamDevice::record);
                    f.copier.run((c, q) -> c.submit(
                            c.kcopyd
                                    .newJob()
                                    .zeroes(100)
                                    .to(f.devices.get(1), 5)
                                    .to(f.devices.get(2), 7)
                                    .to(f.devices.get(3), 9),
                            "zeroes",
                            q));
                    assertEquals(List.of("zeroes false 0"), f.ends());
                    for (int d = 1; d <= 3; d++) {
                        Arrays.fill(f.model.get(d), (3 + 2 * d) << 9, (103 + 2 * d) << 9, (byte) 0);
                        assertEquals(asked ? 7 : 0, f.devices.get(d).count(ReqOp.WRITE_ZEROES));
                    }
                    assertEquals(asked ? 0 : 7, f.devices.get(1).count(ReqOp.WRITE));
                    assertEquals(kind == 0 ? 0 : 7, f.devices.get(2).count(ReqOp.WRITE));
                    f.compare();
                }
            }
        });
    }

    @Test
    void zeroesKeepTheDevicesLimit() throws Exception {
        try (Fixture f = new Fixture(1, 8, 2, 64, 1)) {
            final QueueLimits.Builder b = RamDevice.DISK.toBuilder();
            b.maxWriteZeroesSectors = 10;
            f.devices.get(1).limits(b.build()).record();
            f.copier.run((c, q) -> c.submit(c.kcopyd.newJob().zeroes(25).to(f.devices.get(1), 0), "zeroes", q));
            assertEquals(List.of("zeroes false 0"), f.ends());
            assertEquals(3, f.devices.get(1).count(ReqOp.WRITE_ZEROES));
        }
    }

    @Test
    void aDestinationThatFailsHasItsBit() {
        Seeds.each(20, seed -> {
            try (Fixture f = new Fixture(seed, 1 + (int) (seed % 5), 3, 16, 4)) {
                f.devices.get(2).fail(Fault.all(5, ReqOp.WRITE).within(20, 1));
                f.devices.get(4).fail(Fault.all(28, ReqOp.WRITE));
                f.copier.run((c, q) -> c.submit(
                        c.kcopyd
                                .newJob()
                                .ignoreErrors(true)
                                .from(f.devices.get(0), 0, 64)
                                .to(f.devices.get(1), 0)
                                .to(f.devices.get(2), 0)
                                .to(f.devices.get(3), 0)
                                .to(f.devices.get(4), 0),
                        "job",
                        q));
                assertEquals(List.of("job false 1010"), f.ends());
                f.modelCopy(0, 0, 1, 0, 64);
                f.modelCopy(0, 0, 3, 0, 64);
                f.modelCopy(0, 0, 2, 0, 16); // all but the sub-job that failed
                f.modelCopy(0, 32, 2, 32, 32);
                f.compare();
            }
        });
    }

    @Test
    void whatCannotBeReadIsNotWritten() {
        Seeds.each(20, seed -> {
            try (Fixture f = new Fixture(seed, 3, 2, 16, 2)) {
                f.devices.get(0).fail(Fault.all(5, ReqOp.READ).within(20, 1));
                f.copier.run((c, q) -> c.submit(
                        c.kcopyd
                                .newJob()
                                .ignoreErrors(true)
                                .from(f.devices.get(0), 0, 64)
                                .to(f.devices.get(1), 0)
                                .to(f.devices.get(2), 0),
                        "job",
                        q));
                assertEquals(List.of("job true 0"), f.ends());
                for (int d = 1; d <= 2; d++) {
                    f.modelCopy(0, 0, d, 0, 16);
                    f.modelCopy(0, 32, d, 32, 32);
                }
                f.compare();
            }
        });
    }

    @Test
    void afterAnErrorTheRestIsLeftOutAndTheNextJobHasItsTurn() {
        Seeds.each(40, seed -> {
            try (Fixture f = new Fixture(seed, 1 + (int) (seed % 4), 1 + (int) (seed % 3), 8, 2)) {
                final boolean read = seed % 2 == 0;
                f.devices
                        .get(read ? 0 : 2)
                        .fail(Fault.all(5, ReqOp.READ, ReqOp.WRITE).within(8, 1));
                f.devices.get(0).record();
                f.copier.run((c, q) -> {
                    c.submit(
                            c.kcopyd
                                    .newJob()
                                    .from(f.devices.get(0), 0, 160)
                                    .to(f.devices.get(1), 0)
                                    .to(f.devices.get(2), 0),
                            "bad",
                            q);
                    c.submit(c.kcopyd.newJob().from(f.devices.get(0), 200, 16).to(f.devices.get(1), 200), "good", q);
                });
                final List<String> ends = f.ends();
                assertEquals(2, ends.size());
                assertTrue(ends.contains(read ? "bad true 0" : "bad false 10"), ends.toString());
                assertTrue(ends.contains("good false 0"), ends.toString());
                assertTrue(f.devices.get(0).count(ReqOp.READ) < 12, "went on after the error");
            }
        });
    }

    /// The target itself has every bio when the copy begins, and gives them back one by one.
    @Test
    void aJobWaitsForBiosThatTheTargetHas() {
        Seeds.each(20, seed -> {
            try (Fixture f = new Fixture(seed, 2, 2, 8, 2)) {
                final Data own = Data.of(MemorySegment.ofArray(new byte[512]));
                f.copier.run((c, q) -> {
                    for (int i = 0; i < 2; i++) {
                        final Bio bio = q.newBio(c.dev, ReqOp.READ, 0, 0, 1, own, (b, cq) -> {});
                        assertNotNull(bio);
                        q.submit(bio);
                    }
                    c.submit(
                            c.kcopyd
                                    .newJob()
                                    .from(f.devices.get(0), 0, 64)
                                    .to(f.devices.get(1), 1)
                                    .to(f.devices.get(2), 2),
                            "job",
                            q);
                });
                assertEquals(List.of("job false 0"), f.ends());
                f.modelCopy(0, 0, 1, 1, 64);
                f.modelCopy(0, 0, 2, 2, 64);
                f.compare();
            }
        });
    }

    @Test
    void anEmptyJobIsRefused() throws Exception {
        try (Fixture f = new Fixture(1, 2, 1, 8, 1)) {
            final KcopydJob job = f.copier.kcopyd.newJob().zeroes(8);
            f.copier.run((c, q) -> assertThrows(IllegalArgumentException.class, () -> c.kcopyd.submit(job, q)));
            f.g.scheduler().runToIdle();
        }
    }

    /// The second half of many jobs, each started by the end of the one before, on devices that are done at once.
    @Test
    void aJobAllocatesNothingOnceWarm() throws Exception {
        final ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 20 && least > 64; attempt++) {
            try (Fixture f = new Fixture(1, 4, 2, 8, 2)) {
                f.devices.forEach(RamDevice::atOnce);
                final long[] spent = {0};
                final int[] left = {20_000};
                final KcopydJob.Notify[] again = new KcopydJob.Notify[1];
                again[0] = (job, q) -> {
                    if (left[0] == 10_000) {
                        spent[0] = -beans.getCurrentThreadAllocatedBytes();
                    }
                    if (--left[0] == 0) {
                        spent[0] += beans.getCurrentThreadAllocatedBytes();
                    } else {
                        final Kcopyd k = f.copier.kcopyd;
                        k.submit(
                                k.newJob()
                                        .from(f.devices.get(0), 0, 32)
                                        .to(f.devices.get(1), 0)
                                        .to(f.devices.get(2), 0)
                                        .notify(again[0], null),
                                q);
                    }
                };
                f.copier.run((c, q) -> again[0].done(c.kcopyd.newJob(), q));
                f.g.scheduler().runToIdle();
                assertEquals(0, left[0]);
                least = Math.min(least, spent[0]);
            }
        }
        assertTrue(least <= 64, least + " bytes for 10000 jobs");
    }
}
