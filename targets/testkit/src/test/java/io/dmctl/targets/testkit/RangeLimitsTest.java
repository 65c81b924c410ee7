package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Discards and write zeroes keep the mapped device's own limits, as bio_split_to_limits() cuts them in the kernel.
class RangeLimitsTest {
    private static RamDevice limited(TestGroup g, String name) {
        final QueueLimits.Builder limits = RamDevice.DISK.toBuilder();
        limits.maxDiscardSectors = 60;
        limits.discardGranularity = 4096;
        limits.maxWriteZeroesSectors = 50;
        return g.ram(name, 1024).limits(limits.build());
    }

    @Test
    void discardIsCutAtTheLimitOnMultiplesOfTheGranularity() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = limited(g, "a");
            final TestDevice dev = g.create("dev", "0 512 linear a 0");
            a.record();
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 4, 140));
            assertEquals(
                    List.of(
                            new DeviceOp(ReqOp.DISCARD, 0, 4, 60),
                            new DeviceOp(ReqOp.DISCARD, 0, 64, 56),
                            new DeviceOp(ReqOp.DISCARD, 0, 120, 24)),
                    a.ops());
        }
    }

    @Test
    void writeZeroesIsCutAtTheLimit() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = limited(g, "a");
            final TestDevice dev = g.create("dev", "0 512 linear a 0");
            a.record();
            assertEquals(0, dev.status(ReqOp.WRITE_ZEROES, 0, 4, 120));
            assertEquals(
                    List.of(
                            new DeviceOp(ReqOp.WRITE_ZEROES, 0, 4, 50),
                            new DeviceOp(ReqOp.WRITE_ZEROES, 0, 54, 50),
                            new DeviceOp(ReqOp.WRITE_ZEROES, 0, 104, 20)),
                    a.ops());
        }
    }

    @Test
    void oneDeviceThatCannotDiscardMakesTheTableRefuse() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 1024);
            g.ram("b", 1024).without(ReqOp.DISCARD);
            final TestDevice dev = g.create("dev", "0 512 linear a 0\n512 512 linear b 0");
            a.record();
            assertEquals(-RamDevice.EOPNOTSUPP, dev.status(ReqOp.DISCARD, 0, 0, 8));
            assertEquals(List.of(), a.ops());
        }
    }
}
