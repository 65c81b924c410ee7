package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteZeroesEmulationTest {
    @Test
    void zerosAreWrittenInPiecesOfTheZeroBuffer() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final CrashDevice a = g.crash("a", 128);
            a.without(ReqOp.WRITE_ZEROES);
            final byte[] all = new byte[128 << 9];
            g.scheduler().random().nextBytes(all);
            a.setContents(all);
            final TestDevice dev = g.create("dev", "0 128 linear a 0");
            a.record();
            assertEquals(0, dev.status(ReqOp.WRITE_ZEROES, BioFlags.FUA | BioFlags.NOUNMAP, 5, 100));
            Arrays.fill(all, 5 << 9, 105 << 9, (byte) 0);
            assertArrayEquals(all, a.contents());
            assertEquals(0, a.volatileSectors(), "FUA is lost");
            assertEquals(7, a.ops().size());
            assertTrue(a.ops().stream().allMatch(op -> op.op() == ReqOp.WRITE && op.flags() == BioFlags.FUA));
        }
    }

    @Test
    void aDeviceThatCanIsAskedWithTheFlags() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 128).record();
            final TestDevice dev = g.create("dev", "0 128 linear a 0");
            assertEquals(0, dev.status(ReqOp.WRITE_ZEROES, BioFlags.NOUNMAP, 5, 100));
            assertEquals(List.of(new DeviceOp(ReqOp.WRITE_ZEROES, BioFlags.NOUNMAP, 5, 100)), a.ops());
        }
    }

    @Test
    void anErrorOfAPieceIsTheRequests() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 128).without(ReqOp.WRITE_ZEROES);
            a.fail(Fault.all(28, ReqOp.WRITE).nth(3));
            final TestDevice dev = g.create("dev", "0 128 linear a 0");
            assertEquals(-28, dev.status(ReqOp.WRITE_ZEROES, 0, 0, 128));
        }
    }
}
