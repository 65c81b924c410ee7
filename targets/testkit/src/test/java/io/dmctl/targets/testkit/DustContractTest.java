package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.TargetType;
import java.util.List;

/// Before any message. The start is no multiple of the block.
class DustContractTest extends TargetContractTest {
    private static final int START = 6;

    @Override
    protected TargetType type() {
        return OurTargets.named("dust");
    }

    @Override
    protected int devices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return 100;
    }

    @Override
    protected String params(List<String> devices) {
        return devices.getFirst() + " " + START + " 2048";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, START + offset);
    }

    @Override
    protected List<Long> borders() {
        return List.of(4L, 8L, 96L);
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "Invalid argument count", 22, 0),
                new BadLine("d0 0", "Invalid argument count", 22, 2),
                new BadLine("d0 0 512 1", "Invalid argument count", 22, 3),
                // The last argument is looked at first.
                new BadLine("nosuch x y", "Invalid block size parameter", 22, 2),
                new BadLine("d0 0 0", "Invalid block size parameter", 22, 2),
                new BadLine("d0 0 4294967296", "Invalid block size parameter", 22, 2),
                new BadLine("d0 0 256", "Block size must be at least 512", 22, 2),
                new BadLine("d0 0 511", "Block size must be at least 512", 22, 2),
                new BadLine("d0 0 1536", "Block size must be a power of 2", 22, 2),
                new BadLine("d0 0 65536", "Block size is too large", 22, 2),
                new BadLine("d0 0 2147483648", "Block size is too large", 22, 2),
                new BadLine("nosuch x 512", "Invalid device offset sector", 22, 1),
                new BadLine("d0 +1 512", "Invalid device offset sector", 22, 1),
                new BadLine("nosuch 0 +512", "Device lookup failed", 22, 0));
    }
}
