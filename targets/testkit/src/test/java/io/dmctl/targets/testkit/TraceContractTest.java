package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.TargetType;
import java.util.List;

class TraceContractTest extends TargetContractTest {
    private static final int START = 16;

    @Override
    protected TargetType type() {
        return OurTargets.named("trace");
    }

    @Override
    protected int devices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return 200;
    }

    @Override
    protected String params(List<String> devices) {
        return devices.getFirst() + " " + START + " 1 buffer_entries:16";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, START + offset);
    }

    @Override
    protected List<BadLine> badLines() {
        final String entries = "buffer_entries must be a power of two in 16..65536";
        return List.of(
                new BadLine("", "Invalid argument count", 22, 0),
                new BadLine("d0", "Invalid argument count", 22, 1),
                new BadLine("d0 x", "Invalid device sector", 22, 1),
                new BadLine("nosuch 0", "Device lookup failed", 2, 0),
                new BadLine("d0 0 x", "Invalid number of optional arguments", 22, 2),
                new BadLine("d0 0 1", "Invalid number of optional arguments", 22, 2),
                new BadLine("d0 0 1 buffer:16", "Unrecognised optional argument", 22, 3),
                new BadLine("d0 0 1 buffer_entries:", entries, 22, 3),
                new BadLine("d0 0 1 buffer_entries:8", entries, 22, 3),
                new BadLine("d0 0 1 buffer_entries:48", entries, 22, 3),
                new BadLine("d0 0 1 buffer_entries:131072", entries, 22, 3),
                new BadLine("d0 0 0 buffer_entries:16", "Invalid argument count", 22, 3));
    }
}
