package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.List;
import org.junit.jupiter.api.Test;

/// PREFLUSH with data: the flush ends everywhere before the data starts.
class PreflushTest {
    @Test
    void theDataWaitsForAllFlushes() {
        Seeds.each(30, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 1, 2, 1))) {
                final CrashDevice a = g.crash("a", 64);
                final CrashDevice b = g.crash("b", 64);
                final TestDevice dev = g.create("dev", "0 64 linear a 0\n64 64 linear b 0");
                final byte[] old = new byte[128 << 9];
                g.scheduler().random().nextBytes(old);
                dev.write(0, old);
                a.record();
                b.record();
                dev.write(0, new byte[8 << 9], BioFlags.PREFLUSH);
                assertEquals(
                        List.of(ReqOp.FLUSH, ReqOp.WRITE),
                        a.ops().stream().map(DeviceOp::op).toList());
                assertEquals(
                        List.of(ReqOp.FLUSH), b.ops().stream().map(DeviceOp::op).toList());
                assertEquals(8, a.volatileSectors());
                assertEquals(0, b.volatileSectors());
                a.close();
                b.close();
                assertArrayEquals(old, dev.read(0, 128));
            }
        });
    }

    @Test
    void aFailedFlushKeepsTheDataBack() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 64);
            a.fail(Fault.all(5, ReqOp.FLUSH));
            final TestDevice dev = g.create("dev", "0 64 linear a 0");
            a.record();
            assertEquals(-5, dev.status(ReqOp.WRITE, BioFlags.PREFLUSH, 0, 8));
            assertEquals(0, a.count(ReqOp.WRITE));
        }
    }
}
