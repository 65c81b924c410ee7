package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Pools that are too small make requests wait; none is lost.
class BioPoolTest {
    private static final int SECTORS = 256;

    @Test
    void requestsWaitForBiosAndAllEnd() {
        Seeds.each(30, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 2, 1 + (int) (seed % 3), 1))) {
                final RamDevice a = g.ram("a", SECTORS);
                final RamDevice b = g.ram("b", SECTORS);
                final TestDevice dev = g.create("dev", "0 " + SECTORS + " striped 2 4 a 0 b 0");
                final byte[] all = new byte[SECTORS << 9];
                g.scheduler().random().nextBytes(all);
                final List<TestIo> writes = new ArrayList<>();
                for (int at = 0; at < SECTORS; at += 32) {
                    writes.add(dev.startWrite(at, Arrays.copyOfRange(all, at << 9, (at + 32) << 9)));
                }
                writes.add(dev.start(ReqOp.FLUSH, 0, 0, 0, new byte[0]));
                dev.awaitAll();
                for (TestIo io : writes) {
                    assertEquals(0, io.status());
                }
                assertArrayEquals(all, dev.read(0, SECTORS));
                assertEquals(0, dev.status(ReqOp.DISCARD, BioFlags.PREFLUSH, 0, SECTORS));
                assertArrayEquals(new byte[(SECTORS / 2) << 9], Arrays.copyOf(a.contents(), (SECTORS / 2) << 9));
                assertArrayEquals(new byte[(SECTORS / 2) << 9], Arrays.copyOf(b.contents(), (SECTORS / 2) << 9));
            }
        });
    }

    /// Reads the lower device with a bio of its own, and parks when there is none.
    private static final class OwnBio extends TestTargets.PassThrough {
        OwnBio(TargetContext ti, LowerDevice dev) {
            super(ti, dev);
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            if (bio.op() == ReqOp.FLUSH) {
                return super.map(bio, q);
            }
            final Bio own = q.newBio(dev, bio.op(), 0, bio.sector(), bio.sectors(), bio.data(), (b, c) -> {
                bio.status(b.status());
                c.complete(bio);
            });
            if (own == null) {
                return MapResult.PARK;
            }
            q.submit(own);
            return MapResult.SUBMITTED;
        }
    }

    private static void ownBios(long seed, boolean async) throws TableException {
        try (TestGroup g =
                new TestGroup(new TestGroup.Config(seed, 2, 4, 1), new TestTargets.OneDeviceType("own", OwnBio::new))) {
            final RamDevice a = g.add(new RamDevice("a", SECTORS));
            if (async) {
                a.async(g.scheduler());
            }
            final TestDevice dev = g.create("dev", "0 100 own a\n100 56 linear a 100\n156 100 linear a 156");
            final byte[] all = new byte[SECTORS << 9];
            g.scheduler().random().nextBytes(all);
            a.setContents(all);
            final List<TestIo> reads = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                reads.add(dev.startRead(0, SECTORS));
            }
            dev.awaitAll();
            for (TestIo io : reads) {
                assertEquals(0, io.status());
                assertArrayEquals(all, io.buffer());
            }
        }
    }

    @Test
    void parkedBiosGoOnWhenAnOwnBioIsFree() {
        Seeds.each(30, seed -> ownBios(seed, true));
    }

    /// The retried bio can be the last of its request and be done before the request has its turn again.
    @Test
    void aParkedRequestOnADeviceThatIsDoneAtOnceEndsOnce() {
        Seeds.each(30, seed -> ownBios(seed, false));
    }

    /// The piece that parks is the last one, and everything ends at once.
    @Test
    void aParkedLastPieceEndsItsRequestOnce() {
        Seeds.each(10, seed -> {
            final boolean[] parked = {false};
            final TestTargets.OneDeviceType type =
                    new TestTargets.OneDeviceType("park", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
                        @Override
                        public MapResult map(Bio bio, QueueContext q) {
                            if (bio.op() == ReqOp.READ && !parked[0]) {
                                parked[0] = true;
                                return MapResult.PARK;
                            }
                            return super.map(bio, q);
                        }
                    });
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 1, 4, 1), type)) {
                g.add(new RamDevice("a", SECTORS));
                final TestDevice dev = g.create("dev", "0 8 linear a 0\n8 8 park a");
                final TestIo io = dev.startRead(0, 16);
                assertEquals(0, dev.await(io));
                dev.suspend(false); // counts what is in flight
                dev.resume();
            }
        });
    }

    @Test
    void dataOfAnOwnBioIsACopy() throws TableException {
        final TestTargets.OneDeviceType type =
                new TestTargets.OneDeviceType("copy", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
                    @Override
                    public MapResult map(Bio bio, QueueContext q) {
                        final Bio own = q.newBio(
                                dev, ReqOp.READ, 0, bio.sector(), bio.sectors(), bio.data(), (b, c) -> c.complete(bio));
                        if (own == null) {
                            return MapResult.PARK;
                        }
                        bio.data().set(Data.NONE, 0);
                        q.submit(own);
                        return MapResult.SUBMITTED;
                    }
                });
        try (TestGroup g = new TestGroup(1, type)) {
            final RamDevice a = g.ram("a", 8);
            final byte[] all = new byte[8 << 9];
            g.scheduler().random().nextBytes(all);
            a.setContents(all);
            assertArrayEquals(all, g.create("dev", "0 8 copy a").read(0, 8));
        }
    }
}
