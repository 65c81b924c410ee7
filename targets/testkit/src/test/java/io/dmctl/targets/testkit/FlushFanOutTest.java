package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlushFanOutTest {
    private static final class Twice extends TestTargets.PassThrough {
        private final List<Integer> numbers;

        Twice(TargetContext ti, LowerDevice dev, List<Integer> numbers) {
            super(ti, dev);
            this.numbers = numbers;
        }

        @Override
        public TargetLimits limits() {
            return new TargetLimits(0, 2, 1, 1, true, false, false);
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            if (bio.op() == ReqOp.FLUSH) {
                numbers.add(bio.bioNr());
                bio.remap(dev, 0);
                return MapResult.REMAPPED;
            }
            return super.map(bio, q);
        }
    }

    @Test
    void oneFlushADeviceWhereAllTargetsPassFlushesOn() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 64);
            final RamDevice b = g.ram("b", 64);
            final TestDevice dev =
                    g.create("dev", "0 8 linear a 0\n8 8 linear b 0\n16 8 linear a 8\n24 16 striped 2 8 a 16 b 16");
            a.record();
            b.record();
            dev.flush();
            assertEquals(1, a.count(ReqOp.FLUSH));
            assertEquals(1, b.count(ReqOp.FLUSH));
        }
    }

    @Test
    void asManyFlushesAsEachTargetWantsNumbered() throws TableException {
        final List<Integer> numbers = new ArrayList<>();
        final TestTargets.OneDeviceType type =
                new TestTargets.OneDeviceType("twice", (ti, dev) -> new Twice(ti, dev, numbers));
        try (TestGroup g = new TestGroup(1, type)) {
            final RamDevice a = g.ram("a", 64);
            final RamDevice b = g.ram("b", 64);
            final TestDevice dev =
                    g.create("dev", "0 8 twice a\n8 8 linear b 0\n16 16 striped 2 8 b 16 b 32\n32 8 error\n40 8 zero");
            a.record();
            b.record();
            dev.flush();
            assertEquals(List.of(0, 1), numbers);
            assertEquals(2, a.count(ReqOp.FLUSH));
            assertEquals(3, b.count(ReqOp.FLUSH));
        }
    }

    @Test
    void aFlushToTargetsWithoutFlushBiosEndsAtOnce() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 64).record();
            g.create("dev", "0 8 zero\n8 8 error a 0").flush();
            assertEquals(0, a.ops().size());
        }
    }
}
