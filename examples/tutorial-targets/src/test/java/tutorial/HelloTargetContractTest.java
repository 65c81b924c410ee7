package tutorial;

import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.testkit.BadLine;
import io.dmctl.targets.testkit.Content;
import io.dmctl.targets.testkit.TargetContractTest;
import java.util.List;

class HelloTargetContractTest extends TargetContractTest {
    @Override
    protected TargetType type() {
        return new HelloTargetType();
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
        return devices.get(0);
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, offset);
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(new BadLine("", "Invalid argument count", 22, 0), new BadLine("d0 0", "Invalid argument count", 22, 1));
    }
}
