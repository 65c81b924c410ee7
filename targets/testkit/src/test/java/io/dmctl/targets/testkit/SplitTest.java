package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What arrives below, piece by piece.
class SplitTest {
    private static final class Cut extends TestTargets.PassThrough {
        Cut(TargetContext ti, LowerDevice dev) {
            super(ti, dev);
        }

        @Override
        public TargetLimits limits() {
            return super.limits().withMaxIoLen(7);
        }
    }

    private static TestGroup group() {
        return new TestGroup(1, new TestTargets.OneDeviceType("cut", Cut::new));
    }

    @Test
    void maxIoLenCountsFromTheStartOfTheTarget() throws TableException {
        try (TestGroup g = group()) {
            g.ram("a", 64);
            final RamDevice b = g.ram("b", 64);
            final TestDevice dev = g.create("dev", "0 3 linear a 0\n3 20 cut b");
            b.record();
            dev.read(0, 23);
            assertEquals(List.of(read(0, 7), read(7, 7), read(14, 6)), b.ops());
            b.record();
            dev.read(3 + 6, 2);
            assertEquals(List.of(read(6, 1), read(7, 1)), b.ops());
        }
    }

    private static DeviceOp read(long sector, int sectors) {
        return new DeviceOp(ReqOp.READ, 0, sector, sectors);
    }

    @Test
    void discardIsSplitAtTargetsOnly() throws TableException {
        try (TestGroup g = group()) {
            final RamDevice a = g.ram("a", 64).record();
            final RamDevice b = g.ram("b", 64).record();
            final TestDevice dev = g.create("dev", "0 3 linear a 0\n3 20 cut b");
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 1, 20));
            assertEquals(List.of(new DeviceOp(ReqOp.DISCARD, 0, 1, 2)), a.ops());
            assertEquals(List.of(new DeviceOp(ReqOp.DISCARD, 0, 0, 18)), b.ops());
        }
    }

    @Test
    void flagsGoWithEveryPieceButPreflush() throws TableException {
        try (TestGroup g = group()) {
            final RamDevice b = g.ram("b", 64).record();
            final TestDevice dev = g.create("dev", "0 20 cut b");
            dev.write(0, new byte[10 << 9], BioFlags.FUA | BioFlags.META | BioFlags.PREFLUSH);
            final int flags = BioFlags.FUA | BioFlags.META;
            assertEquals(
                    List.of(
                            new DeviceOp(ReqOp.FLUSH, 0, 0, 0),
                            new DeviceOp(ReqOp.WRITE, flags, 0, 7),
                            new DeviceOp(ReqOp.WRITE, flags, 7, 3)),
                    b.ops());
        }
    }

    @Test
    void theFirstErrorOfThePiecesIsTheRequests() throws TableException {
        try (TestGroup g = group()) {
            g.add(new RamDevice("b", 64)).fail(Fault.all(28, ReqOp.WRITE).within(7, 7));
            final TestDevice dev = g.create("dev", "0 20 cut b");
            assertEquals(-28, dev.status(ReqOp.WRITE, 0, 0, 20));
        }
    }
}
