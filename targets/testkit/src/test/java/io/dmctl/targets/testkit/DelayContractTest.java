package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// All classes on one device, each with its delay.
class DelayContractTest extends TargetContractTest {
    private static final int START = 8;

    @Override
    protected TargetType type() {
        return OurTargets.named("delay");
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
        final String d = devices.getFirst() + " " + START;
        return d + " 5 " + d + " 70 " + d + " 3";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, START + offset);
    }

    @Override
    protected List<BadLine> badLines() {
        final String count = "Requires exactly 3, 6 or 9 arguments";
        return List.of(
                new BadLine("", count, 22, 0),
                new BadLine("d0 0", count, 22, 2),
                new BadLine("d0 0 5 d0", count, 22, 4),
                new BadLine("d0 0 5 d0 0 5 d0 0 5 d0 0 5", count, 22, 9),
                new BadLine("nosuch x 5", "Invalid device sector", 22, 1),
                new BadLine("nosuch 0 x", "Invalid delay", 22, 2),
                new BadLine("d0 0 +5", "Invalid delay", 22, 2),
                new BadLine("d0 0 -5", "Invalid delay", 22, 2),
                new BadLine("nosuch 0 5 d0 x 5", "Device lookup failed", 2, 0),
                new BadLine("d0 0 5 d0 x 5", "Invalid device sector", 22, 4),
                new BadLine("d0 0 5 d0 0 x", "Invalid delay", 22, 5),
                new BadLine("d0 0 5 nosuch 0 5", "Device lookup failed", 2, 3),
                new BadLine("d0 0 5 d0 0 5 d0 0 x", "Invalid delay", 22, 8),
                new BadLine("d0 0 5 d0 0 5 nosuch 0 5", "Device lookup failed", 2, 6));
    }

    /// Without a delay, and with the shortest that needs a timer.
    @Override
    @Test
    void aRequestAllocatesNothing() throws Exception {
        for (String params : List.of("d0 8 0", "d0 8 1")) {
            assertArrayEquals(
                    new long[] {0, 0},
                    AllocationGate.bytes(type(), lenSectors(), params, deviceNames(), deviceSectors()),
                    params);
        }
    }
}
