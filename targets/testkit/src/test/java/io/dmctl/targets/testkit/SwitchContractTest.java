package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Three paths, regions of 10 sectors, the last one short: as the constructor leaves them, round robin.
class SwitchContractTest extends TargetContractTest {
    private static final int PATHS = 3;
    private static final int REGION = 10;
    private static final int START = 6;

    @Override
    protected TargetType type() {
        return OurTargets.named("switch");
    }

    @Override
    protected int devices() {
        return PATHS;
    }

    @Override
    protected long lenSectors() {
        return 124;
    }

    @Override
    protected String params(List<String> devices) {
        final StringBuilder line = new StringBuilder(PATHS + " " + REGION + " 0");
        for (int i = 0; i < PATHS; i++) {
            line.append(' ').append(devices.get(i)).append(' ').append(START * i);
        }
        return line.toString();
    }

    @Override
    protected Content content(long offset) {
        final int path = (int) (offset / REGION % PATHS);
        return new Content.Stored(path, (long) START * path + offset);
    }

    @Override
    protected List<Long> borders() {
        return List.of(10L, 20L, 30L, 120L);
    }

    @Override
    protected boolean passesFlush() {
        return false;
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "Invalid number of paths", 22, 0),
                new BadLine("0 10 0", "Invalid number of paths", 22, 0),
                new BadLine("x 10 0 d0 0", "Invalid number of paths", 22, 0),
                new BadLine("+1 10 0 d0 0", "Invalid number of paths", 22, 0),
                new BadLine("262142 10 0 d0 0", "Invalid number of paths", 22, 0),
                new BadLine("1", "Invalid region size", 22, 1),
                new BadLine("1 0 0 d0 0", "Invalid region size", 22, 1),
                new BadLine("1 4294967296 0 d0 0", "Invalid region size", 22, 1),
                new BadLine("1 10", "Invalid number of optional args", 22, 2),
                new BadLine("1 10 1 a d0 0", "Invalid number of optional args", 22, 2),
                new BadLine("1 10 0", "Incorrect number of path arguments", 22, 3),
                new BadLine("1 10 0 d0", "Incorrect number of path arguments", 22, 4),
                new BadLine("1 10 0 d0 0 d1 0", "Incorrect number of path arguments", 22, 5),
                new BadLine("262141 10 0 d0 0", "Incorrect number of path arguments", 22, 5),
                new BadLine("2 10 0 d0 0 nosuch x", "Device lookup failed", 2, 5),
                new BadLine("2 10 0 d0 0 d1 x", "Invalid device starting offset", 22, 6),
                new BadLine("1 10 0 d0 18446744073709551616", "Invalid device starting offset", 22, 4));
    }

    /// A discard is not split at regions: all of it goes to the path of its first one, as in the kernel.
    @Override
    @Test
    void discardReachesJustTheRange() {
        Seeds.each(5, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                f.lower.forEach(RamDevice::record);
                final int n = 1 + f.next((int) lenSectors());
                final int offset = f.next((int) lenSectors() - n + 1);
                assertEquals(0, f.dev.status(ReqOp.DISCARD, 0, ContractFixture.PAD + offset, n));
                final Content.Stored first = (Content.Stored) content(offset);
                for (int i = 0; i < PATHS; i++) {
                    assertEquals(
                            i == first.device()
                                    ? List.of(new DeviceOp(ReqOp.DISCARD, 0, first.sector(), n))
                                    : List.of(),
                            f.lower.get(i).ops());
                }
            }
        });
    }

    @Test
    void takesNumbersAsTheKernelReadsThem() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 64);
            // dm_read_arg wraps at 32 bits; a region may be larger than the target; kstrtoull takes a plus.
            final TestDevice dev = g.create("dev", "0 8 switch 4294967297 4294967295 0 a +8");
            assertEquals("0 8 switch 1 4294967295 0 a 8", dev.table());
            dev.write(0, new byte[8 << 9]);
        }
    }
}
