package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A target that takes three sectors at a time.
class PartialTest {
    private static TestTargets.OneDeviceType type() {
        return new TestTargets.OneDeviceType("three", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
            @Override
            public MapResult map(Bio bio, QueueContext q) {
                takeThree(bio);
                return super.map(bio, q);
            }
        });
    }

    private static void takeThree(Bio bio) {
        if (bio.op().hasData() && bio.sectors() > 3) {
            bio.acceptPartial(3);
        }
    }

    /// Needs a bio of its own for each part, and has one only.
    private static TestTargets.OneDeviceType parking() {
        return new TestTargets.OneDeviceType("three", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
            @Override
            public MapResult map(Bio bio, QueueContext q) {
                takeThree(bio);
                final Bio own =
                        q.newBio(dev, bio.op(), 0, bio.sector(), bio.sectors(), bio.data(), (b, c) -> c.complete(bio));
                if (own == null) {
                    return MapResult.PARK;
                }
                q.submit(own);
                return MapResult.SUBMITTED;
            }
        });
    }

    @Test
    void theRestIsMappedAsAnotherBio() throws TableException {
        try (TestGroup g = new TestGroup(1, type())) {
            final RamDevice a = g.ram("a", 64);
            final TestDevice dev = g.create("dev", "0 8 three a\n8 8 linear a 8");
            a.record();
            assertEquals(0, dev.status(ReqOp.READ, 0, 1, 9));
            assertEquals(
                    List.of(
                            new DeviceOp(ReqOp.READ, 0, 1, 3),
                            new DeviceOp(ReqOp.READ, 0, 4, 3),
                            new DeviceOp(ReqOp.READ, 0, 7, 1),
                            new DeviceOp(ReqOp.READ, 0, 8, 2)),
                    a.ops());
        }
    }

    @Test
    void dataIsWhereItBelongs() {
        Seeds.each(30, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 1, 3, 1), parking())) {
                g.ram("a", 64);
                final TestDevice dev = g.create("dev", "0 64 three a");
                final byte[] all = new byte[64 << 9];
                g.scheduler().random().nextBytes(all);
                dev.write(0, all);
                assertArrayEquals(all, dev.read(0, 64));
            }
        });
    }

    @Test
    void zerosThatAreWrittenOutCanBeTakenInParts() throws TableException {
        try (TestGroup g = new TestGroup(1, type())) {
            final RamDevice a = g.ram("a", 64).without(ReqOp.WRITE_ZEROES);
            final byte[] all = new byte[64 << 9];
            g.scheduler().random().nextBytes(all);
            a.setContents(all);
            final TestDevice dev = g.create("dev", "0 64 three a");
            assertEquals(0, dev.status(ReqOp.WRITE_ZEROES, 0, 2, 50));
            Arrays.fill(all, 2 << 9, 52 << 9, (byte) 0);
            assertArrayEquals(all, a.contents());
        }
    }
}
