package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An origin without snapshots. The kernel takes no start sector and does not count from the target's: sectors
/// are the mapped device's.
class SnapshotOriginContractTest extends TargetContractTest {
    private static final int LEN = 200;

    @Override
    protected TargetType type() {
        return OurTargets.named("snapshot-origin");
    }

    @Override
    protected int devices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return LEN;
    }

    @Override
    protected String params(List<String> devices) {
        return devices.getFirst();
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, ContractFixture.PAD + offset);
    }

    /// There are none.
    @Override
    protected int discardStatus(boolean supported) {
        return -95;
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "origin: incorrect number of arguments", 22, 0),
                new BadLine("d0 0", "origin: incorrect number of arguments", 22, 1),
                new BadLine("nosuch", "Cannot get target device", 2, 0));
    }

    @Test
    void statusIsEmptyAndTableIsTheDevice() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            f.dev.reload("0 " + f.line());
            assertEquals("0 200 snapshot-origin", f.dev.info());
            assertEquals("0 200 snapshot-origin d0", f.dev.table());
        }
    }
}
