package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.TargetType;
import java.util.List;

class LinearContractTest extends TargetContractTest {
    private static final long START = 8;

    @Override
    protected TargetType type() {
        return OurTargets.named("linear");
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
        return devices.getFirst() + " " + START;
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, START + offset);
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "Invalid argument count", 22, 0),
                new BadLine("d0", "Invalid argument count", 22, 1),
                new BadLine("d0 0 0", "Invalid argument count", 22, 2),
                new BadLine("d0 x", "Invalid device sector", 22, 1),
                new BadLine("d0 +8", "Invalid device sector", 22, 1),
                new BadLine("d0 8x", "Invalid device sector", 22, 1),
                new BadLine("d0 -1", "Invalid device sector", 22, 1),
                new BadLine("nosuch x", "Invalid device sector", 22, 1),
                new BadLine("nosuch 0", "Device lookup failed", 2, 0));
    }
}
