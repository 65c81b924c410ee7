package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Stripe 1 of 3, chunks of 10 sectors: neither is a power of two.
class UnstripedContractTest extends TargetContractTest {
    private static final int STRIPES = 3;
    private static final int CHUNK = 10;
    private static final int STRIPE = 1;
    private static final int START = 8;
    private static final int CHUNKS = 12;
    private static final int EOPNOTSUPP = 95;

    @Override
    protected TargetType type() {
        return OurTargets.named("unstriped");
    }

    @Override
    protected int devices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return CHUNK * CHUNKS;
    }

    @Override
    protected long deviceSectors() {
        return START + STRIPES * CHUNK * CHUNKS;
    }

    @Override
    protected String params(List<String> devices) {
        return STRIPES + " " + CHUNK + " " + STRIPE + " " + devices.getFirst() + " " + START;
    }

    @Override
    protected Content content(long offset) {
        final long row = offset / CHUNK;
        return new Content.Stored(0, START + (row * STRIPES + STRIPE) * CHUNK + offset % CHUNK);
    }

    @Override
    protected List<Long> borders() {
        return List.of(10L, 20L, 110L);
    }

    @Override
    protected boolean passesFlush() {
        return false;
    }

    @Override
    protected int discardStatus(boolean supported) {
        return -EOPNOTSUPP;
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "Invalid number of arguments", 22, 0),
                new BadLine("3 10 1 d0", "Invalid number of arguments", 22, 4),
                new BadLine("3 10 1 d0 0 0", "Invalid number of arguments", 22, 5),
                new BadLine("0 10 1 d0 0", "Invalid stripe count", 22, 0),
                new BadLine("x 10 1 d0 0", "Invalid stripe count", 22, 0),
                new BadLine("4294967296 10 1 d0 0", "Invalid stripe count", 22, 0),
                new BadLine("3 0 1 d0 0", "Invalid chunk_size", 22, 1),
                new BadLine("3 -1 1 d0 0", "Invalid chunk_size", 22, 1),
                new BadLine("3 10 x d0 0", "Invalid stripe number", 22, 2),
                new BadLine("3 10 4 d0 0", "Please provide stripe between [0, # of stripes]", 22, 2),
                new BadLine("3 10 4 nosuch x", "Please provide stripe between [0, # of stripes]", 22, 2),
                // Whatever the lookup says, the kernel answers EINVAL.
                new BadLine("3 10 1 nosuch x", "Couldn't get striped device", 22, 3),
                new BadLine("3 10 1 d0 x", "Invalid striped device offset", 22, 4),
                new BadLine("3 10 1 d0 +8", "Invalid striped device offset", 22, 4),
                new BadLine("3 7 1 d0 x", "Invalid striped device offset", 22, 4),
                new BadLine("3 7 1 d0 0", "Target length not divisible by chunk size", 22, 1));
    }

    /// The bytes of a striped device, taken apart again.
    @Test
    void undoesStriped() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final int rows = 4;
            for (int i = 0; i < STRIPES; i++) {
                g.ram("s" + i, CHUNK * rows);
            }
            final int size = STRIPES * CHUNK * rows;
            final TestDevice whole = g.create("whole", "0 " + size + " striped 3 10 s0 0 s1 0 s2 0");
            final byte[] bytes = new byte[size << 9];
            g.scheduler().random().nextBytes(bytes);
            whole.write(0, bytes);
            g.ram("flat", size).setContents(bytes);
            for (int i = 0; i < STRIPES; i++) {
                final TestDevice part = g.create("part" + i, "0 " + CHUNK * rows + " unstriped 3 10 " + i + " flat 0");
                final TestDevice disk = g.create("disk" + i, "0 " + CHUNK * rows + " linear s" + i + " 0");
                assertArrayEquals(disk.read(0, CHUNK * rows), part.read(0, CHUNK * rows));
            }
        }
    }

    /// Off by one, as in the kernel: the area check does not know where the stripe ends either.
    @Test
    void theStripePastTheLastIsAcceptedAndItsEndFails() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 30);
            final TestDevice dev = g.create("dev", "0 10 unstriped 3 10 3 a 0");
            assertEquals("0 10 unstriped 3 10 3 a 0", dev.table());
            assertEquals(-5, dev.status(ReqOp.READ, 0, 0, 1));
            assertEquals(
                    "0 10 unstriped 1 10 7 a 0",
                    g.create("one", "0 10 unstriped 1 10 7 a 0").table());
            assertThrows(TableException.class, () -> dev.load("0 10 unstriped 3 10 4 a 0"));
        }
    }

    @Test
    void aFlushIsDoneWithoutTheDevice() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice a = g.ram("a", 30).record();
            final TestDevice dev = g.create("dev", "0 10 unstriped 3 10 0 a 0");
            dev.flush();
            assertEquals(List.of(), a.ops());
            assertEquals("0 10 unstriped", dev.info());
        }
    }

    @Test
    void bigCountsArePrintedSigned() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 30);
            final TestDevice dev = g.create("dev", "0 10 unstriped 4294967295 +10 2147483648 a 0");
            assertEquals("0 10 unstriped -1 10 -2147483648 a 0", dev.table());
        }
    }
}
