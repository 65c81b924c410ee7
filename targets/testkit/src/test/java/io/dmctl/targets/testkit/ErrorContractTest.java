package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorContractTest extends TargetContractTest {
    @Override
    protected TargetType type() {
        return OurTargets.named("error");
    }

    @Override
    protected int devices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return 240;
    }

    @Override
    protected String params(List<String> devices) {
        return devices.getFirst() + " 8";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Fails(5);
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("d0 x", "Invalid device sector", 22, 1),
                new BadLine("nosuch 0", "Device lookup failed", 2, 0));
    }

    @Test
    void anyOtherNumberOfArgumentsIsIgnored() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = g.create("dev", "0 8 error a b c");
            assertEquals("0 8 error", dev.table());
            assertEquals(-5, dev.status(ReqOp.READ, 0, 0, 1));
        }
    }

    @Test
    void aFlushSucceeds() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            assertEquals(0, g.create("dev", "0 8 error").status(ReqOp.FLUSH, 0, 0, 0));
        }
    }
}
