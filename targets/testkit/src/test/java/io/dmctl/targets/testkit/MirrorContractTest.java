package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Three legs in sync, a disk log, regions that do not divide the length.
class MirrorContractTest extends TargetContractTest {
    private static final int LEGS = 3;
    private static final int REGION = 32;

    @Override
    protected TargetType type() {
        return OurTargets.named("mirror");
    }

    @Override
    protected int devices() {
        return LEGS + 1;
    }

    @Override
    protected int dataDevices() {
        return LEGS;
    }

    @Override
    protected long lenSectors() {
        return 240;
    }

    private static long offset(int leg) {
        return 8L * leg;
    }

    @Override
    protected String params(List<String> devices) {
        final StringBuilder line = new StringBuilder("disk 3 " + devices.get(LEGS) + " " + REGION + " nosync " + LEGS);
        for (int i = 0; i < LEGS; i++) {
            line.append(' ').append(devices.get(i)).append(' ').append(offset(i));
        }
        return line.toString();
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, offset);
    }

    @Override
    protected List<Content.Stored> copies(long offset) {
        return List.of(new Content.Stored(1, offset(1) + offset), new Content.Stored(2, offset(2) + offset));
    }

    @Override
    protected List<Long> borders() {
        return List.of(32L, 64L, 224L);
    }

    @Override
    protected List<BadLine> badLines() {
        final String log = "Error creating mirror dirty log";
        final String missing = "Insufficient mirror log arguments";
        final String legs = " 2 d0 0 d1 0";
        return List.of(
                new BadLine("", missing, 22, 0),
                new BadLine("core", missing, 22, 1),
                new BadLine("core x 8", "Invalid mirror log argument count", 22, 1),
                new BadLine("core +1 8", "Invalid mirror log argument count", 22, 1),
                new BadLine("core 2 8", missing, 22, 1),
                new BadLine("nolog 1 8" + legs, log, 22, 0),
                new BadLine("Core 1 8" + legs, log, 22, 0),
                new BadLine("userspace 4 uuid clustered-disk d0 8" + legs, log, 22, 0),
                new BadLine("core 0" + legs, log, 22, 1),
                new BadLine("core 3 8 sync sync" + legs, log, 22, 1),
                new BadLine("core 1 1" + legs, log, 22, 2),
                new BadLine("core 1 24" + legs, log, 22, 2),
                new BadLine("core 1 8k" + legs, log, 22, 2),
                new BadLine("core 1 256" + legs, log, 22, 2),
                new BadLine("core 2 8 Sync" + legs, log, 22, 3),
                new BadLine("core 2 x nosynch" + legs, log, 22, 3),
                new BadLine("disk 1 8" + legs, log, 22, 1),
                new BadLine("disk 2 nosuch 8" + legs, log, 22, 2),
                new BadLine("disk 2 d3 7" + legs, log, 22, 3),
                new BadLine("core 1 8", "Invalid number of mirrors", 22, 3),
                new BadLine("core 1 8 1 d0 0", "Invalid number of mirrors", 22, 3),
                new BadLine("core 1 8 10 d0 0", "Invalid number of mirrors", 22, 3),
                new BadLine("core 1 8 2 d0 0 d1", "Too few mirror arguments", 22, 7),
                new BadLine("core 1 8 2 d0 0 nosuch x", "Invalid offset", 22, 7),
                new BadLine("core 1 8 2 d0 0 nosuch 0", "Device lookup failure", 2, 6),
                new BadLine("core 1 8" + legs + " x", "Invalid number of features", 22, 8),
                new BadLine("core 1 8" + legs + " 1", "Not enough arguments to support feature count", 22, 8),
                new BadLine("core 1 8" + legs + " 1 Handle_errors", "Unrecognised feature requested", 22, 9),
                new BadLine(
                        "core 1 8" + legs + " 1 keep_log",
                        "keep_log feature requires the handle_errors feature",
                        22,
                        8),
                new BadLine("core 1 8" + legs + " 1 handle_errors more", "Too many mirror arguments", 22, 10));
    }

    /// Without errors handled a write that reached one leg is a good write; the region is not in sync from then on.
    @Override
    @Test
    void anErrorBelowComesUpOnceWithItsErrno() {
        Seeds.each(10, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                final long offset = f.next((int) lenSectors());
                final long sector = ContractFixture.PAD + offset;
                f.lower.get(1).fail(Fault.all(28, ReqOp.WRITE, ReqOp.READ).within(offset(1) + offset, 1));
                assertEquals(0, f.dev.status(ReqOp.WRITE, 0, 0, (int) f.size()));
                assertEquals(0, f.dev.status(ReqOp.READ, 0, sector, 1));
                assertEquals("7/8 1 ADA", f.dev.info().replaceAll("(?s).* (\\S+ 1 [A-Z]+) 3 disk.*", "$1"));
            }
        });
    }

    @Override
    @Test
    void aFailedFlushBelowFailsTheFlush() throws TableException {
        for (int leg = 0; leg < LEGS; leg++) {
            try (ContractFixture f = new ContractFixture(this, 1).live()) {
                f.lower.get(leg).fail(Fault.all(5, ReqOp.FLUSH));
                assertEquals(0, f.dev.status(ReqOp.FLUSH, 0, 0, 0), "one leg of " + LEGS);
                f.lower.forEach(d -> d.fail(Fault.all(5, ReqOp.FLUSH)));
                assertEquals(-5, f.dev.status(ReqOp.FLUSH, 0, 0, 0), "all legs");
            }
        }
    }
}
