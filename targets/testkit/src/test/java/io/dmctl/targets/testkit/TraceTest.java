package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is recorded, and what becomes of more than fits.
class TraceTest {
    private static final int SECTORS = 128;
    private static final String LINE = "0 " + SECTORS + " trace a 8";

    /// The fields of each record that `message` answers.
    private static List<String[]> read(TestDevice dev, String message) throws TargetException {
        return dev.message(0, message).lines().map(line -> line.split(" ", -1)).toList();
    }

    private static String what(String[] record) {
        return record[2] + " " + record[3] + "+" + record[4] + " " + record[5] + " " + record[6];
    }

    @Test
    void aRequestIsRecordedAsItCame() throws Exception {
        try (TestGroup g = new TestGroup(new TestGroup.Config(1, 1, 16, 4))) {
            final RamDevice a = g.ram("a", SECTORS + 8);
            final TestDevice dev = g.create("dev", LINE);
            dev.write(3, new byte[1024]);
            dev.write(5, new byte[512], BioFlags.FUA | BioFlags.META);
            dev.read(3, 2);
            dev.flush();
            dev.status(ReqOp.DISCARD, 0, 16, 8);
            dev.status(ReqOp.WRITE_ZEROES, BioFlags.NOUNMAP, 24, 8);
            a.fail(Fault.all(5, ReqOp.READ));
            dev.status(ReqOp.READ, 0, 7, 1);
            final List<String[]> all = read(dev, "read");
            assertEquals(
                    List.of(
                            "write 3+2 - 0",
                            "write 5+1 fua,meta 0",
                            "read 3+2 - 0",
                            "flush 0+0 - 0",
                            "discard 16+8 - 0",
                            "write_zeroes 24+8 nounmap 0",
                            "read 7+1 - 5"),
                    all.stream().map(TraceTest::what).toList());
            assertEquals("0 128 trace 2 2 1 1 1 0", dev.info());
            assertEquals(List.of(), read(dev, "read"));
        }
    }

    /// The scheduler's time is virtual: a lower device that is late says how much.
    @Test
    void theLatencyIsThatOfTheDevice() throws Exception {
        final long delayNs = 3_000_000;
        final TestTargets.OneDeviceType late =
                new TestTargets.OneDeviceType("late", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
                    @Override
                    public io.dmctl.targets.spi.MapResult map(
                            io.dmctl.targets.spi.Bio bio, io.dmctl.targets.spi.QueueContext q) {
                        super.map(bio, q);
                        q.timer(bio, delayNs);
                        return io.dmctl.targets.spi.MapResult.SUBMITTED;
                    }

                    @Override
                    public void work(io.dmctl.targets.spi.Bio bio, io.dmctl.targets.spi.QueueContext q) {
                        q.submit(bio);
                    }
                });
        try (TestGroup g = new TestGroup(new TestGroup.Config(1, 1, 16, 4), late)) {
            g.ram("a", SECTORS);
            g.create("slow", "0 " + SECTORS + " late a");
            final TestDevice dev = g.create("dev", "0 " + SECTORS + " trace /dev/mapper/slow 0");
            final long start = g.scheduler().nowNs();
            dev.read(0, 8);
            final String[] record = read(dev, "read").getFirst();
            assertEquals(start + delayNs, Long.parseLong(record[0]));
            assertEquals(delayNs, Long.parseLong(record[1]));
        }
    }

    @Test
    void theOldestAreOverwrittenAndCounted() throws Exception {
        try (TestGroup g = new TestGroup(new TestGroup.Config(1, 1, 16, 4))) {
            g.ram("a", SECTORS + 8);
            final TestDevice dev = g.create("dev", LINE + " 1 buffer_entries:16");
            for (int i = 0; i < 20; i++) {
                dev.read(i, 1);
            }
            assertEquals("0 128 trace 20 0 0 0 0 5", dev.info());
            final List<String[]> all = read(dev, "read 100");
            assertEquals("read 5+1 - 0", what(all.getFirst()));
            assertEquals("read 19+1 - 0", what(all.getLast()));
            assertEquals(15, all.size());
            assertEquals("0 128 trace 20 0 0 0 0 5", dev.info());
            dev.message(0, "clear");
            assertEquals("0 128 trace 20 0 0 0 0 0", dev.info());
        }
    }

    @Test
    void readTakesTheOldestFirstOverAllThreads() {
        Seeds.each(10, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 3, 16, 4))) {
                g.ram("a", SECTORS + 8);
                final TestDevice dev = g.create("dev", LINE);
                final Map<String, Integer> sent = new HashMap<>();
                for (int i = 0; i < 200; i++) {
                    final int n = 1 + g.scheduler().random().nextInt(8);
                    final int at = g.scheduler().random().nextInt(SECTORS - n);
                    sent.merge("read " + at + "+" + n + " - 0", 1, Integer::sum);
                    dev.startRead(at, n);
                }
                dev.awaitAll();
                final List<String[]> all = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    final List<String[]> some = read(dev, "read 50");
                    assertEquals(50, some.size());
                    all.addAll(some);
                }
                assertEquals(List.of(), read(dev, "read"));
                final Map<String, Integer> recorded = new HashMap<>();
                long before = 0;
                for (String[] record : all) {
                    recorded.merge(what(record), 1, Integer::sum);
                    assertTrue(Long.parseLong(record[0]) >= before);
                    before = Long.parseLong(record[0]);
                }
                assertEquals(sent, recorded);
            }
        });
    }

    @Test
    void otherMessagesAreRefused() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", SECTORS + 8);
            final TestDevice dev = g.create("dev", LINE);
            for (String text : List.of("write", "read 0", "read x", "read 1 2", "clear 1")) {
                assertEquals(
                        22,
                        assertThrows(TargetException.class, () -> dev.message(0, text))
                                .errno());
            }
        }
    }
}
