package io.dmctl.targets.testkit;

import static io.dmctl.targets.testkit.WriteLogs.DISCARD;
import static io.dmctl.targets.testkit.WriteLogs.FLUSH;
import static io.dmctl.targets.testkit.WriteLogs.FUA;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The order of the log, and its bytes.
class LogWritesTest {
    private static final int SECTORS = 64;
    private static final String LINE = "0 " + SECTORS + " log-writes data log";

    private static byte[] filled(int sectors, int value) {
        final byte[] bytes = new byte[sectors << 9];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /// What the log on `device` holds after its end, up to the end mark.
    private static List<WriteLogs.Entry> finished(RamDevice device, int blockBytes) {
        final byte[] log = device.contents();
        final List<WriteLogs.Entry> all = WriteLogs.entries(log, blockBytes, WriteLogs.superEntries(log, blockBytes));
        assertEquals("dm-log-writes-end", all.getLast().mark());
        return all.subList(0, all.size() - 1);
    }

    /// Ends the log and tells what it holds.
    private static List<String> text(TestDevice dev, RamDevice device) {
        dev.close();
        return WriteLogs.text(finished(device, 512));
    }

    @Test
    void aFlushLogsWhatEndedBeforeItAndThenItself() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            dev.write(8, filled(2, 1));
            dev.write(4, filled(1, 2), BioFlags.META);
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 16, 8));
            assertEquals("0 64 log-writes 0 0", dev.info());
            dev.flush();
            g.scheduler().runToIdle();
            assertEquals("0 64 log-writes 4 7", dev.info());
            assertEquals(List.of("8+2 0", "4+1 16", "16+8 4", "0+0 1"), text(dev, log));
        }
    }

    @Test
    void fuaAndMarksAreLoggedAtOnceAndWriteTheSuperBlock() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            dev.write(8, filled(1, 1));
            dev.flush();
            g.scheduler().runToIdle();
            assertEquals(0, log.contents()[0], "a flush writes no super block");
            dev.write(9, filled(1, 2));
            dev.write(10, filled(1, 3), BioFlags.FUA);
            g.scheduler().runToIdle();
            assertEquals(3, WriteLogs.superEntries(log.contents(), 512));
            dev.message(0, "MARK here\\ it\\ is");
            g.scheduler().runToIdle();
            assertEquals(4, WriteLogs.superEntries(log.contents(), 512));
            assertEquals(List.of("8+1 0", "0+0 1", "10+1 2", "0+0 8 here it is", "9+1 0"), text(dev, log));
        }
    }

    /// The end mark is written by blocking I/O, which goes through the device below.
    @Test
    void theLogMayLieOnADeviceOfOurs() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice below = g.create("below", "0 256 linear log 0");
            final TestDevice dev = g.create("dev", "0 " + SECTORS + " log-writes data /dev/mapper/below");
            dev.write(8, filled(1, 1));
            dev.suspend(false);
            dev.message(0, "mark suspended");
            dev.resume();
            assertEquals(List.of("0+0 8 suspended", "8+1 0"), text(dev, log));
            below.close();
        }
    }

    @Test
    void aWriteThatEndsWhileAFlushRunsIsNotCoveredByIt() throws TableException {
        Seeds.each(40, seed -> {
            try (TestGroup g = new TestGroup(seed)) {
                g.ram("data", SECTORS);
                final RamDevice log = g.ram("log", 256);
                final TestDevice dev = g.create("dev", LINE);
                dev.write(1, filled(1, 1));
                final TestIo flush = dev.start(ReqOp.FLUSH, 0, 0, 0, new byte[0]);
                g.scheduler().run(g.scheduler().random().nextInt(12));
                final TestIo late = dev.startWrite(2, filled(1, 2));
                dev.await(late);
                dev.await(flush);
                final List<String> order = text(dev, log);
                assertTrue(order.indexOf("1+1 0") < order.indexOf("0+0 1"), order.toString());
                assertEquals(3, order.size(), order.toString());
            }
        });
    }

    /// What the log says must be true of the device: at each flush it has all that was acknowledged before the
    /// flush was sent, and at its end all that was written.
    @Test
    void replayOfRandomWorkGivesTheDevice() {
        Seeds.each(30, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 3, 16, 8))) {
                final RamDevice data = g.ram("data", SECTORS);
                final RamDevice log = g.ram("log", 4096);
                final TestDevice dev = g.create("dev", LINE);
                randomWork(g, dev);
                dev.close();
                final byte[] image = new byte[SECTORS << 9];
                finished(log, 512).forEach(e -> e.replayOn(image, 512));
                assertArrayEquals(data.contents(), image);
            }
        });
    }

    /// Requests at once, none over another.
    private static void randomWork(TestGroup g, TestDevice dev) throws TableException {
        final var random = g.scheduler().random();
        for (int round = 0; round < 20; round++) {
            for (int at = 0; at < SECTORS; at += 8) {
                final int n = 1 + random.nextInt(8);
                final byte[] bytes = new byte[n << 9];
                random.nextBytes(bytes);
                switch (random.nextInt(5)) {
                    case 0 -> dev.start(ReqOp.DISCARD, 0, at, n, new byte[0]);
                    case 1 -> dev.start(ReqOp.WRITE, BioFlags.FUA, at, n, bytes);
                    case 2 -> dev.start(ReqOp.WRITE, BioFlags.PREFLUSH, at, n, bytes);
                    default -> dev.startWrite(at, bytes);
                }
            }
            g.scheduler().run(random.nextInt(60));
            if (random.nextInt(4) == 0) {
                dev.suspend(random.nextBoolean());
                dev.resume();
            }
            dev.awaitAll();
            dev.flush(); // else a FUA write of the next round would overtake a write of this one in the log
        }
    }

    @Test
    void whatWasAcknowledgedBeforeAFlushIsLoggedBeforeIt() {
        Seeds.each(30, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 3, 16, 8))) {
                g.ram("data", SECTORS);
                final RamDevice log = g.ram("log", 4096);
                final TestDevice dev = g.create("dev", LINE);
                final Map<Integer, Integer> flushOf = new HashMap<>();
                final List<TestIo> writes = new ArrayList<>();
                int flushes = 0;
                for (int i = 0; i < 60; i++) {
                    writes.add(dev.startWrite(i, filled(1, i + 1)));
                    g.scheduler().run(g.scheduler().random().nextInt(8));
                    if (i % 6 == 5) {
                        flushes++;
                        for (int w = 0; w < writes.size(); w++) {
                            if (writes.get(w).done()) {
                                flushOf.putIfAbsent(w, flushes);
                            }
                        }
                        dev.flush();
                    }
                }
                dev.awaitAll();
                dev.close();
                int seen = 0;
                for (WriteLogs.Entry e : finished(log, 512)) {
                    seen += e.is(FLUSH) ? 1 : 0;
                    final int before = e.is(FLUSH) ? 99 : flushOf.getOrDefault((int) e.sector(), 99);
                    assertTrue(
                            seen < before, "write " + e + " after flush " + seen + ", acknowledged before " + before);
                }
                assertEquals(flushes, seen);
            }
        });
    }

    @Test
    void dataIsThatOfTheTimeOfTheWrite() throws TableException {
        try (TestGroup g = new TestGroup(3)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            dev.write(8, filled(1, 1));
            dev.write(8, filled(1, 2));
            dev.close();
            final List<WriteLogs.Entry> all = finished(log, 512);
            assertArrayEquals(filled(1, 1), all.get(0).data().array());
            assertArrayEquals(filled(1, 2), all.get(1).data().array());
        }
    }

    @Test
    void theUnitIsTheDevicesBlock() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final QueueLimits.Builder b = RamDevice.DISK.toBuilder();
            b.logicalBlockSize = 4096;
            b.physicalBlockSize = 4096;
            g.ram("data", SECTORS).limits(b.build());
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            dev.write(16, filled(8, 1), BioFlags.FUA);
            dev.close();
            assertEquals(List.of("2+1 2"), WriteLogs.text(finished(log, 4096)));
        }
    }

    @Test
    void aFullLogDisablesLoggingAndNothingElse() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice data = g.ram("data", SECTORS);
            g.ram("log", 8);
            final TestDevice dev = g.create("dev", LINE);
            dev.write(0, filled(4, 1), BioFlags.FUA);
            dev.write(8, filled(4, 2), BioFlags.FUA);
            g.scheduler().runToIdle();
            assertEquals("0 64 log-writes 1 10 logging_disabled", dev.info());
            dev.write(16, filled(4, 3));
            dev.flush();
            assertArrayEquals(filled(4, 3), Arrays.copyOfRange(data.contents(), 16 << 9, 20 << 9));
            assertEquals("0 64 log-writes 1 10 logging_disabled", dev.info());
        }
    }

    @Test
    void anErrorOfTheLogDeviceDisablesLogging() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            log.fail(Fault.all(5, ReqOp.WRITE));
            dev.write(0, filled(4, 1), BioFlags.FUA);
            g.scheduler().runToIdle();
            assertEquals("0 64 log-writes 1 5 logging_disabled", dev.info());
            dev.write(0, filled(4, 1), BioFlags.FUA);
        }
    }

    /// More than the memory holds is written and never flushed: the log takes it early, and nothing waits for
    /// ever.
    @Test
    void moreThanTheMemoryHoldsIsLoggedEarly() throws TableException {
        try (TestGroup g = new TestGroup(new TestGroup.Config(7, 2, 64, 16))) {
            g.ram("data", 2048);
            final RamDevice log = g.ram("log", 90 << 11);
            final TestDevice dev = g.create("dev", "0 2048 log-writes data log");
            for (int i = 0; i < 80; i++) {
                dev.startWrite(0, filled(2048, i));
            }
            dev.awaitAll();
            assertTrue(!dev.info().startsWith("0 2048 log-writes 0 "), dev.info());
            dev.close();
            assertEquals(80, finished(log, 512).size());
        }
    }

    @Test
    void aMarkOnASuspendedDeviceIsLoggedAtOnce() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            dev.write(1, filled(1, 1));
            dev.suspend(false);
            dev.message(0, "mark one");
            assertEquals(1, WriteLogs.superEntries(log.contents(), 512));
            dev.resume();
            assertEquals(List.of("0+0 8 one", "1+1 0"), text(dev, log));
        }
    }

    @Test
    void aLongMarkIsCut() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            dev.message(0, "mark " + "x".repeat(600));
            assertEquals(List.of("0+0 8 " + "x".repeat(479)), text(dev, log));
        }
    }

    @Test
    void otherMessagesAreRefused() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            for (String text : List.of("mark", "mark a b", "marks a")) {
                assertEquals(
                        22,
                        assertThrows(TargetException.class, () -> dev.message(0, text))
                                .errno());
            }
        }
    }

    @Test
    void aDiscardOfADeviceWithoutIsLoggedAndGoesNoFurther() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice data = g.ram("data", SECTORS);
            data.without(ReqOp.DISCARD);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            data.record();
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 16, 8));
            assertEquals(0, data.count(ReqOp.DISCARD));
            dev.close();
            assertEquals(DISCARD, finished(log, 512).getFirst().flags());
        }
    }

    @Test
    void aTableThatNeverWasLiveLeavesItsMark() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev");
            dev.load(LINE);
            dev.core().clear();
            assertEquals(List.of(), finished(log, 512));
        }
    }

    @Test
    void aFailedWriteIsLoggedForItMayHaveReachedTheDisk() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice data = g.ram("data", SECTORS);
            final RamDevice log = g.ram("log", 256);
            final TestDevice dev = g.create("dev", LINE);
            data.fail(Fault.all(5, ReqOp.WRITE));
            assertEquals(-5, dev.status(ReqOp.WRITE, BioFlags.FUA, 3, 1));
            dev.close();
            assertEquals(FUA, finished(log, 512).getFirst().flags());
        }
    }
}
