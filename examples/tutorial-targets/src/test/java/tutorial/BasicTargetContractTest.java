package tutorial;

import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.testkit.BadLine;
import io.dmctl.targets.testkit.Content;
import io.dmctl.targets.testkit.TargetContractTest;
import java.util.List;

class BasicTargetContractTest extends TargetContractTest {
    private static final int START = 16;

    @Override
    protected TargetType type() {
        return new BasicTargetType();
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
        return devices.get(0) + " " + START;
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, START + offset);
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("d0", "Invalid argument count", 22, 1),
                new BadLine("d0 x", "dm-basic_target: Invalid device sector", 22, 1),
                new BadLine("nosuch 0", "dm-basic_target: Device lookup failed", 2, 0));
    }
}
