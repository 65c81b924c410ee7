package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.TargetType;
import java.util.List;

class ZeroContractTest extends TargetContractTest {
    @Override
    protected TargetType type() {
        return OurTargets.named("zero");
    }

    @Override
    protected int devices() {
        return 0;
    }

    @Override
    protected long lenSectors() {
        return 240;
    }

    @Override
    protected String params(List<String> devices) {
        return "";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Zeros();
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(new BadLine("0", "No arguments required", 22, 0));
    }
}
