package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Three stripes of 10 sectors: neither is a power of two.
class StripedContractTest extends TargetContractTest {
    private static final int STRIPES = 3;
    private static final int CHUNK = 10;
    private static final int START = 4;

    @Override
    protected TargetType type() {
        return OurTargets.named("striped");
    }

    @Override
    protected int devices() {
        return STRIPES;
    }

    @Override
    protected long lenSectors() {
        return STRIPES * CHUNK * 8;
    }

    @Override
    protected String params(List<String> devices) {
        final StringBuilder line = new StringBuilder(STRIPES + " " + CHUNK);
        for (int i = 0; i < STRIPES; i++) {
            line.append(' ').append(devices.get(i)).append(' ').append(START * (i + 1));
        }
        return line.toString();
    }

    @Override
    protected Content content(long offset) {
        final long chunk = offset / CHUNK;
        final int stripe = (int) (chunk % STRIPES);
        return new Content.Stored(stripe, START * (stripe + 1L) + chunk / STRIPES * CHUNK + offset % CHUNK);
    }

    @Override
    protected List<Long> borders() {
        return List.of(10L, 20L, 30L, 60L, 230L);
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "Not enough arguments", 22, 0),
                new BadLine("3", "Not enough arguments", 22, 1),
                new BadLine("0 10 d0 0", "Invalid stripe count", 22, 0),
                new BadLine("x 10 d0 0", "Invalid stripe count", 22, 0),
                new BadLine("4294967296 10 d0 0", "Invalid stripe count", 22, 0),
                new BadLine("3 0 d0 0 d1 0 d2 0", "Invalid chunk_size", 22, 1),
                new BadLine("3 1k d0 0 d1 0 d2 0", "Invalid chunk_size", 22, 1),
                new BadLine("7 10 d0 0", "Target length not divisible by number of stripes", 22, 0),
                new BadLine("3 7 d0 0", "Target length not divisible by chunk size", 22, 1),
                new BadLine("3 10 d0 0 d1 0 d2", "Not enough destinations specified", 22, 7),
                new BadLine("3 10 d0 0 d1 0 d2 x", "Couldn't parse stripe destination", 22, 7),
                new BadLine("3 10 d0 0 d1 0 nosuch 0", "Couldn't parse stripe destination", 2, 6));
    }

    @Test
    void errorsAreCountedInTheStatusAndRaiseFourteenEvents() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            f.dev.reload("0 " + f.line());
            assertEquals("0 240 striped 3 d0 d1 d2 1 AAA", f.dev.info());
            assertEquals("0 240 striped 3 10 d0 4 d1 8 d2 12", f.dev.table());
            f.lower.get(1).fail(Fault.all(5, ReqOp.READ));
            final long before = f.dev.core().eventNr();
            for (int i = 0; i < 20; i++) {
                f.dev.status(ReqOp.READ, 0, 10, 1);
            }
            assertEquals(14, f.dev.core().eventNr() - before);
            assertEquals("0 240 striped 3 d0 d1 d2 1 ADA", f.dev.info());
        }
    }

    @Test
    void discardGoesOnceToEachStripeThatHasAPart() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            f.dev.reload("0 " + f.line());
            f.lower.forEach(RamDevice::record);
            assertEquals(0, f.dev.status(ReqOp.DISCARD, 0, 5, 20));
            assertEquals(
                    List.of(new DeviceOp(ReqOp.DISCARD, 0, 9, 5)),
                    f.lower.get(0).ops());
            assertEquals(
                    List.of(new DeviceOp(ReqOp.DISCARD, 0, 8, 10)),
                    f.lower.get(1).ops());
            assertEquals(
                    List.of(new DeviceOp(ReqOp.DISCARD, 0, 12, 5)),
                    f.lower.get(2).ops());
        }
    }
}
