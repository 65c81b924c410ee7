package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What flakey does while it is down, and when that is.
class FlakeyTargetTest {
    private static final int EIO = 5;
    private static final int SECTORS = 64;

    private final byte[] content = new byte[SECTORS << 9];

    /// A device that is always down, over one that holds the bytes of `content`.
    private TestDevice down(TestGroup g, String features) throws TableException {
        return over(g, "0 1" + (features.isEmpty() ? "" : " " + features));
    }

    private TestDevice over(TestGroup g, String intervalsAndFeatures) throws TableException {
        g.scheduler().random().nextBytes(content);
        g.crash("a", SECTORS).setContents(content);
        return g.create("dev", "0 " + SECTORS + " flakey a 0 " + intervalsAndFeatures);
    }

    private byte[] slice(int sector, int sectors) {
        return Arrays.copyOfRange(content, sector << 9, (sector + sectors) << 9);
    }

    // ---- arguments ----

    private static String table(TestGroup g, String features) throws TableException {
        final TestDevice dev = g.create("t", "0 8 flakey a 0 1 1 " + features);
        final String line = dev.table();
        dev.reload(line);
        assertEquals(line, dev.table());
        dev.close();
        return line.substring("0 8 flakey a 0 1 1 ".length());
    }

    @Test
    void theTableTellsTheFeaturesInTheKernelsOrder() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 8);
            assertEquals("2 error_reads error_writes", table(g, ""));
            assertEquals("2 error_reads error_writes", table(g, "0"));
            assertEquals("2 error_reads error_writes", table(g, "2 random_read_corrupt 0"));
            assertEquals("1 drop_writes", table(g, "1 Drop_Writes and what else there is"));
            assertEquals("2 error_reads drop_writes", table(g, "2 drop_writes error_reads"));
            assertEquals(
                    "9 corrupt_bio_byte 5 w 255 4096 random_read_corrupt 1 random_write_corrupt 1000000000",
                    table(g, "9 random_write_corrupt 1000000000 random_read_corrupt 1 CORRUPT_BIO_BYTE 5 W 255 4096"));
            assertEquals(
                    "6 error_writes corrupt_bio_byte 4294967295 r 0 4294967295",
                    table(g, "6 corrupt_bio_byte 4294967295 r 0 4294967295 error_writes"));
        }
    }

    // ---- time ----

    /// Lets virtual time go on.
    private static void pass(TestGroup g, long ms) throws TableException {
        try (TestDevice clock = g.create("clock", "0 8 delay tick 0 " + ms)) {
            clock.read(0, 1);
        }
    }

    @Test
    void upAndDownByTheSecondFromTheConstructorOn() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("tick", 8);
            final TestDevice dev = over(g, "2 3");
            final StringBuilder states = new StringBuilder();
            for (int half = 0; half < 22; half++) {
                states.append(dev.status(ReqOp.READ, 0, 0, 1) == 0 ? 'u' : 'd');
                pass(g, half % 2 == 0 ? 999 : 1); // just before the full second, and just at it
            }
            assertEquals("uuuudddddd" + "uuuudddddd" + "uu", states.toString());
            dev.reload(dev.table());
            assertEquals(0, dev.status(ReqOp.READ, 0, 0, 1), "a new table starts anew");
        }
    }

    @Test
    void withoutAnIntervalItStaysAsItIs() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("tick", 8);
            final TestDevice up = over(g, "1 0");
            final TestDevice alwaysDown = g.create("down", "0 8 flakey a 0 0 1");
            for (int i = 0; i < 4; i++) {
                assertEquals(0, up.status(ReqOp.READ, 0, 0, 1));
                assertEquals(-EIO, alwaysDown.status(ReqOp.READ, 0, 0, 1));
                pass(g, 500);
            }
        }
    }

    // ---- errors and drops ----

    @Test
    void allFailsWithoutFeatures() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = down(g, "");
            for (ReqOp op : ReqOp.values()) {
                assertEquals(-EIO, dev.status(op, 0, 0, op == ReqOp.FLUSH ? 0 : 1), op.toString());
            }
            assertEquals("0 64 flakey", dev.info());
        }
    }

    @Test
    void errorReadsLeavesWritesAlone() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = down(g, "1 error_reads");
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 0, 1));
            assertEquals(0, dev.status(ReqOp.WRITE, 0, 0, 1));
            assertEquals(0, dev.status(ReqOp.FLUSH, 0, 0, 0));
        }
    }

    @Test
    void errorWritesLeavesReadsAlone() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = down(g, "1 error_writes");
            assertArrayEquals(slice(3, 4), dev.read(3, 4));
            assertEquals(-EIO, dev.status(ReqOp.WRITE, 0, 0, 1));
            assertEquals(-EIO, dev.status(ReqOp.FLUSH, 0, 0, 0));
            assertEquals(-EIO, dev.status(ReqOp.DISCARD, 0, 0, 1));
        }
    }

    @Test
    void dropWritesForgetsWritesFlushesAndDiscards() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = down(g, "1 drop_writes");
            dev.write(0, new byte[512]);
            dev.flush();
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 4, 4));
            assertEquals(0, dev.status(ReqOp.WRITE_ZEROES, 0, 8, 4));
            assertArrayEquals(content, dev.read(0, SECTORS));
        }
    }

    // ---- corruption ----

    @Test
    void aByteOfEachReadIsReplaced() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = down(g, "5 corrupt_bio_byte 600 r 77 0");
            final byte[] expected = slice(2, 4);
            expected[599] = 77;
            assertArrayEquals(expected, dev.read(2, 4));
            assertArrayEquals(slice(2, 1), dev.read(2, 1), "the bio is too short");
            final byte[] last = slice(8, 2);
            last[599] = 77;
            assertArrayEquals(last, dev.read(8, 2));
            dev.write(5, slice(0, 3));
            final TestDevice below = g.create("below", "0 64 linear a 0");
            assertArrayEquals(slice(0, 3), below.read(5, 3), "writes are as they were");
        }
    }

    @Test
    void aFailedReadIsLeftAlone() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final CrashDevice bad = g.crash("bad", 8);
            bad.fail(Fault.all(EIO, ReqOp.READ));
            final TestDevice dev = g.create("dev", "0 8 flakey bad 0 0 1 5 corrupt_bio_byte 1 r 77 0");
            final TestIo io = dev.startRead(0, 1);
            assertEquals(-EIO, dev.await(io));
            assertArrayEquals(new byte[512], io.buffer());
        }
    }

    @Test
    void aByteOfEachWriteIsReplacedInACopy() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = down(g, "5 corrupt_bio_byte 513 w 9 0");
            final byte[] mine = new byte[3 << 9];
            g.scheduler().random().nextBytes(mine);
            final byte[] given = mine.clone();
            dev.write(10, given, BioFlags.FUA);
            assertArrayEquals(mine, given, "the caller's bytes");
            mine[512] = 9;
            assertArrayEquals(mine, dev.read(10, 3));
            dev.write(20, Arrays.copyOf(given, 512));
            assertArrayEquals(Arrays.copyOf(given, 512), dev.read(20, 1), "the bio is too short");
        }
    }

    /// The mask is of the kernel's numbers: operation in the low 8 bits, META 1 << 12, FUA 1 << 17.
    @Test
    void onlyBiosWithAllFlagsOfTheMaskAreCorrupted() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final int mask = 1 | 1 << 12 | 1 << 17;
            final TestDevice dev = down(g, "5 corrupt_bio_byte 1 w 9 " + mask);
            final byte[] zeros = new byte[512];
            final byte[] nine = zeros.clone();
            nine[0] = 9;
            dev.write(0, zeros, BioFlags.FUA);
            dev.write(1, zeros, BioFlags.META);
            dev.write(2, zeros, BioFlags.META | BioFlags.FUA | BioFlags.SWAP);
            assertArrayEquals(zeros, dev.read(0, 1));
            assertArrayEquals(zeros, dev.read(1, 1));
            assertArrayEquals(nine, dev.read(2, 1));
        }
    }

    /// Each thread has one buffer: the writes wait for it, none is lost or mixed.
    @Test
    void manyCorruptedWritesAtOnce() {
        Seeds.each(20, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 3, 8, 2))) {
                final TestDevice dev = down(g, "7 corrupt_bio_byte 2 w 9 0 random_write_corrupt 0");
                final List<TestIo> ios = new ArrayList<>();
                final byte[] expected = new byte[SECTORS << 9];
                for (int s = 0; s < SECTORS; s += 2) {
                    final byte[] bytes = new byte[1024];
                    g.scheduler().random().nextBytes(bytes);
                    ios.add(dev.startWrite(s, bytes));
                    System.arraycopy(bytes, 0, expected, s << 9, bytes.length);
                    expected[(s << 9) + 1] = 9;
                }
                g.scheduler().run(g.scheduler().random().nextInt(60));
                dev.suspend(false);
                dev.resume();
                dev.awaitAll();
                assertTrue(ios.stream().allMatch(io -> io.status() == 0));
                assertArrayEquals(expected, dev.read(0, SECTORS));
            }
        });
    }

    private static int differences(byte[] a, byte[] b) {
        int n = 0;
        for (int i = 0; i < a.length; i++) {
            n += a[i] == b[i] ? 0 : 1;
        }
        return n;
    }

    @Test
    void randomBytesInReadsAndWrites() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = down(g, "2 random_read_corrupt 1000000000");
            int reads = 0;
            for (int i = 0; i < 100; i++) {
                final int n = differences(content, dev.read(0, SECTORS));
                assertTrue(n <= 1);
                reads += n;
            }
            assertTrue(reads > 90, reads + " of 100 reads"); // one in 256 random bytes is the right one
            dev.reload("0 64 flakey a 0 0 1 2 random_write_corrupt 500000000");
            int writes = 0;
            for (int i = 0; i < 400; i++) {
                dev.write(0, content);
                final int n = differences(content, dev.read(0, SECTORS));
                assertTrue(n <= 1);
                writes += n;
            }
            assertTrue(writes > 150 && writes < 250, writes + " of 400 writes");
        }
    }

    @Test
    void aHugeCorruptedWriteGoesInPieces() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final int sectors = 3 * 8192 / 2;
            final RamDevice big = g.ram("big", sectors).record();
            final TestDevice dev = g.create("dev", "0 " + sectors + " flakey big 0 0 1 5 corrupt_bio_byte 1 w 9 0");
            dev.write(0, new byte[sectors << 9]);
            assertEquals(
                    List.of(new DeviceOp(ReqOp.WRITE, 0, 0, 8192), new DeviceOp(ReqOp.WRITE, 0, 8192, 4096)),
                    big.ops());
            assertEquals(9, big.contents()[8192 << 9]);
        }
    }

    @Test
    void mergingIsTurnedOffWhereTheBioIsTheUnit() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            assertFalse(over(g, "1 1").core().limits().noMerges());
            final TestDevice dev = g.create("c", "0 8 flakey a 0 1 1 5 corrupt_bio_byte 1 w 9 0");
            assertTrue(dev.core().limits().noMerges());
            assertTrue(g.create("above", "0 8 linear /dev/mapper/c 0")
                    .core()
                    .limits()
                    .noMerges());
        }
    }

    @Test
    void corruptionAllocatesNothing() throws Exception {
        final String features =
                " 0 1 9 corrupt_bio_byte 9 w 1 0 random_read_corrupt 500 random_write_corrupt 500000000";
        assertArrayEquals(
                new long[] {0, 0},
                AllocationGate.bytes(OurTargets.named("flakey"), 64, "a 0" + features, List.of("a"), 64));
    }
}
