package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelayTargetTest {
    private static final long MS = 1_000_000L;

    private static long took(TestGroup g, TestDevice dev, ReqOp op, int sectors) {
        final long before = g.scheduler().nowNs();
        assertEquals(0, dev.status(op, 0, 0, sectors));
        return g.scheduler().nowNs() - before;
    }

    @Test
    void eachClassHasItsDeviceSectorAndDelay() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 100);
            final RamDevice b = g.ram("b", 100);
            final RamDevice c = g.ram("c", 100);
            final TestDevice dev = g.create("dev", "0 8 delay a 1 20 b 2 300 c 3 4000");
            assertEquals("0 8 delay a 1 20 b 2 300 c 3 4000", dev.table());
            List.of(a, b, c).forEach(RamDevice::record);
            assertEquals(20 * MS, took(g, dev, ReqOp.READ, 1));
            assertEquals(300 * MS, took(g, dev, ReqOp.WRITE, 2));
            assertEquals(300 * MS, took(g, dev, ReqOp.DISCARD, 3));
            assertEquals(4000 * MS, took(g, dev, ReqOp.FLUSH, 0));
            assertEquals(List.of(new DeviceOp(ReqOp.READ, 0, 1, 1)), a.ops());
            assertEquals(List.of(new DeviceOp(ReqOp.WRITE, 0, 2, 2), new DeviceOp(ReqOp.DISCARD, 0, 2, 3)), b.ops());
            assertEquals(1, c.count(ReqOp.FLUSH));
            assertEquals(1, c.ops().size());
        }
    }

    @Test
    void aMissingClassIsTheOneBefore() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 100);
            g.ram("b", 100);
            final TestDevice three = g.create("three", "0 8 delay a 0 7");
            assertEquals("0 8 delay a 0 7", three.table());
            for (ReqOp op : List.of(ReqOp.READ, ReqOp.WRITE, ReqOp.FLUSH)) {
                assertEquals(7 * MS, took(g, three, op, op == ReqOp.FLUSH ? 0 : 1));
            }
            final TestDevice six = g.create("six", "0 8 delay a 0 0 b 0 9");
            assertEquals("0 8 delay a 0 0 b 0 9", six.table());
            assertEquals(0, took(g, six, ReqOp.READ, 1));
            assertEquals(9 * MS, took(g, six, ReqOp.WRITE, 1));
            assertEquals(9 * MS, took(g, six, ReqOp.FLUSH, 0));
            // The kernel's sscanf wraps at 32 bits.
            assertEquals(
                    "0 8 delay a 0 1",
                    g.create("wraps", "0 8 delay a 0 4294967297").table());
        }
    }

    /// A flush in front of data waits as a flush, then the data as a write.
    @Test
    void preflushWaitsTwice() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 100);
            final TestDevice dev = g.create("dev", "0 8 delay a 0 0 a 0 10 a 0 5");
            final long before = g.scheduler().nowNs();
            assertEquals(0, dev.status(ReqOp.WRITE, BioFlags.PREFLUSH, 0, 1));
            assertEquals(15 * MS, g.scheduler().nowNs() - before);
        }
    }

    @Test
    void infoCountsWhatWaits() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 100);
            final TestDevice dev = g.create("dev", "0 8 delay a 0 1000 a 0 2000 a 0 3000");
            assertEquals("0 8 delay 0 0 0", dev.info());
            dev.startRead(0, 1);
            dev.startRead(1, 1);
            dev.startWrite(0, new byte[512]);
            dev.start(ReqOp.DISCARD, 0, 4, 2, new byte[0]);
            dev.start(ReqOp.DISCARD, 0, 4, 2, new byte[0]);
            final TestIo flush = dev.start(ReqOp.FLUSH, 0, 0, 0, new byte[0]);
            g.scheduler().await(() -> dev.info().equals("0 8 delay 2 3 1"));
            g.scheduler().await(() -> dev.info().equals("0 8 delay 0 3 1"));
            g.scheduler().await(() -> dev.info().equals("0 8 delay 0 0 1"));
            assertFalse(flush.done());
            dev.awaitAll();
            assertEquals("0 8 delay 0 0 0", dev.info());
        }
    }

    @Test
    void aSuspendPushesEverythingOut() throws TableException {
        for (boolean noflush : List.of(false, true)) {
            try (TestGroup g = new TestGroup(1)) {
                g.ram("a", 100);
                final TestDevice dev = g.create("dev", "0 8 delay a 0 4000000");
                final List<TestIo> ios = List.of(dev.startRead(0, 1), dev.startWrite(0, new byte[512]));
                g.scheduler().await(() -> dev.info().equals("0 8 delay 1 1 0"));
                final long before = g.scheduler().nowNs();
                dev.suspend(noflush);
                assertTrue(ios.stream().allMatch(TestIo::done));
                assertEquals(before, g.scheduler().nowNs(), "the suspend waited");
                assertEquals("0 8 delay 0 0 0", dev.info());
                dev.resume();
                assertEquals(4_000_000 * MS, took(g, dev, ReqOp.READ, 1));
            }
        }
    }
}
