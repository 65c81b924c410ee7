package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The tools find what they are there to find.
class TestkitTest {
    private static final int SECTORS = 64;

    private static byte[] ones() {
        final byte[] bytes = new byte[SECTORS << 9];
        Arrays.fill(bytes, (byte) 1);
        return bytes;
    }

    private static int sectorsKept(byte[] contents) {
        int kept = 0;
        for (int s = 0; s < SECTORS; s++) {
            kept += contents[s << 9];
        }
        return kept;
    }

    @Test
    void aCrashLosesAPartOfWhatWasNotFlushed() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final CrashDevice a = g.crash("a", SECTORS);
            final TestDevice dev = g.create("dev", "0 " + SECTORS + " linear a 0");
            dev.write(0, ones());
            assertEquals(SECTORS, a.volatileSectors());
            a.crash(1);
            final int kept = sectorsKept(a.contents());
            assertTrue(kept > 0 && kept < SECTORS, "kept " + kept);
            dev.write(0, ones());
            a.close();
            assertEquals(kept, sectorsKept(a.contents()));
            dev.write(0, ones(), BioFlags.FUA);
            a.crash(2);
            assertArrayEquals(ones(), a.contents());
        }
    }

    @Test
    void aFlushSavesNotWhatEndsWhileItRuns() throws TableException {
        try (TestGroup g = new TestGroup(new TestGroup.Config(3, 1, 8, 1))) {
            final CrashDevice a = g.crash("a", SECTORS);
            final TestDevice dev = g.create("dev", "0 " + SECTORS + " linear a 0");
            final TestIo flush = dev.start(ReqOp.FLUSH, 0, 0, 0, new byte[0]);
            g.scheduler().run(1);
            final TestIo write = dev.startWrite(0, ones());
            dev.awaitAll();
            assertEquals(0, flush.status() + write.status());
            assertEquals(SECTORS, a.volatileSectors());
        }
    }

    private static List<DeviceOp> run(long seed) throws TableException {
        try (TestGroup g = new TestGroup(seed)) {
            final RamDevice a = g.ram("a", SECTORS).record();
            final TestDevice dev = g.create("dev", "0 " + SECTORS + " striped 1 4 a 0");
            for (int i = 0; i < 20; i++) {
                dev.startRead(i, 16);
            }
            dev.awaitAll();
            return a.ops();
        }
    }

    @Test
    void aSeedIsOneOrder() throws TableException {
        assertEquals(run(1), run(1));
        assertNotEquals(run(1), run(2));
    }

    @Test
    void anAllocationIsSeen() throws TableException {
        final TestTargets.OneDeviceType type =
                new TestTargets.OneDeviceType("spender", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
                    private byte[] kept = new byte[0];

                    @Override
                    public MapResult map(Bio bio, QueueContext q) {
                        kept = new byte[16 + kept.length % 2];
                        return super.map(bio, q);
                    }
                });
        final long[] bytes = AllocationGate.bytes(type, 64, "a", List.of("a"), 64);
        assertTrue(bytes[0] >= 100_000 * 16 && bytes[1] >= 100_000 * 16, Arrays.toString(bytes));
    }

    @Test
    void aLostRequestIsADeadlockThatNamesTheSeed() throws TableException {
        final TestTargets.OneDeviceType type =
                new TestTargets.OneDeviceType("loser", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
                    @Override
                    public MapResult map(Bio bio, QueueContext q) {
                        return MapResult.SUBMITTED;
                    }
                });
        final TestGroup g = new TestGroup(77, type);
        g.ram("a", 8);
        final TestDevice dev = g.create("dev", "0 8 loser a");
        final SimDeadlockError e = assertThrows(SimDeadlockError.class, () -> dev.status(ReqOp.READ, 0, 0, 1));
        assertTrue(String.valueOf(e.getMessage()).contains("seed 77"), e.getMessage());
        assertThrows(SimDeadlockError.class, g::close);
    }

    @Test
    void aBioThatIsKeptIsFoundAtClose() throws TableException {
        final TestTargets.OneDeviceType type =
                new TestTargets.OneDeviceType("keeper", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
                    @Override
                    public MapResult map(Bio bio, QueueContext q) {
                        q.newBio(dev, ReqOp.READ, 0, 0, 1, bio.data(), (b, c) -> {});
                        return super.map(bio, q);
                    }
                });
        final TestGroup g = new TestGroup(1, type);
        g.ram("a", 8);
        assertEquals(0, g.create("dev", "0 8 keeper a").status(ReqOp.READ, 0, 0, 1));
        final AssertionError e = assertThrows(AssertionError.class, g::close);
        assertTrue(String.valueOf(e.getMessage()).contains("1 bios of /dev/mapper/dev are not back"), e.getMessage());
    }
}
