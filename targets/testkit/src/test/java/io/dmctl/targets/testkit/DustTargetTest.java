package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Bad blocks, and the messages about them. Blocks of two sectors.
class DustTargetTest {
    private static final int EIO = 5;
    private static final int BLOCKS = 16;

    private static TestDevice create(TestGroup g) throws TableException {
        g.ram("a", 2 * BLOCKS);
        return g.create("dev", "0 " + 2 * BLOCKS + " dust a 0 1024");
    }

    private static int read(TestDevice dev, int block) {
        return dev.status(ReqOp.READ, 0, 2L * block, 2);
    }

    private static int write(TestDevice dev, int block) {
        return dev.status(ReqOp.WRITE, 0, 2L * block, 2);
    }

    @Test
    void nothingFailsUntilItIsEnabled() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g);
            assertEquals("0 32 dust a bypass verbose", dev.info());
            assertEquals("0 32 dust a 0 1024", dev.table());
            assertEquals("", dev.message(0, "addbadblock 3"));
            assertEquals(0, read(dev, 3));
            assertEquals(0, write(dev, 3));
            assertEquals("", dev.message(0, "ENABLE"));
            assertEquals("0 32 dust a fail_read_on_bad_block verbose", dev.info());
            assertEquals(-EIO, read(dev, 3));
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 7, 1));
            assertEquals(0, read(dev, 2));
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 0, 8), "one piece of it fails");
            assertEquals("", dev.message(0, "disable"));
            assertEquals(0, read(dev, 3));
            dev.message(0, "quiet");
            assertEquals("0 32 dust a bypass quiet", dev.info());
            dev.message(0, "quiet");
            assertEquals("0 32 dust a bypass verbose", dev.info());
        }
    }

    @Test
    void aWriteMendsABlockAfterItsFailures() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g);
            dev.message(0, "enable");
            dev.message(0, "addbadblock 3");
            dev.message(0, "addbadblock 5 2");
            assertEquals(0, write(dev, 3));
            assertEquals(0, read(dev, 3));
            for (int i = 0; i < 2; i++) {
                assertEquals(-EIO, write(dev, 5));
                assertEquals(-EIO, read(dev, 5));
            }
            assertEquals("countbadblocks: 1 badblock(s) found", dev.message(0, "countbadblocks"));
            assertEquals(0, write(dev, 5));
            assertEquals(0, read(dev, 5));
            assertEquals("countbadblocks: 0 badblock(s) found", dev.message(0, "countbadblocks"));
            dev.message(0, "addbadblock 3 255");
            assertEquals("dust_query_block: block 3 found in badblocklist", dev.message(0, "queryblock 3"));
        }
    }

    /// The kernel's target takes a flush for a write of the device's first mapped block, a discard for one of its first
    /// block.
    @Test
    void flushAndDiscardCountAsWrites() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g);
            dev.message(0, "enable");
            dev.message(0, "addbadblock 0 1");
            dev.message(0, "addbadblock 1");
            dev.message(0, "addbadblock 2");
            assertEquals(-EIO, dev.status(ReqOp.FLUSH, 0, 0, 0));
            assertEquals(0, dev.status(ReqOp.FLUSH, 0, 0, 0));
            assertEquals("1\n2\n", dev.message(0, "listbadblocks"));
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 2, 6));
            assertEquals("2\n", dev.message(0, "listbadblocks"));
            assertEquals(0, dev.status(ReqOp.WRITE, BioFlags.PREFLUSH, 10, 1));
        }
    }

    /// A flush reaches a target that does not begin at 0 with sector 0 all the same.
    @Test
    void aFlushIsCountedFromTheDevicesBegin() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 64);
            final TestDevice dev = g.create("dev", "0 4 zero\n4 16 dust a 10 1024");
            dev.message(4, "enable");
            for (int block : List.of(3, 5)) {
                dev.message(4, "addbadblock " + block);
            }
            dev.flush();
            assertEquals("5\n", dev.message(4, "listbadblocks"), "(10 - 4) / 2");
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 4, 1), "block 5 is that of the mapped sector");
        }
    }

    private static void refused(TestDevice dev, String words, String text, int argument) {
        final TargetException e = assertThrows(TargetException.class, () -> dev.message(0, words), words);
        assertEquals(text, e.getMessage());
        assertEquals(22, e.errno());
        assertEquals(argument, e.argument(), words);
    }

    @Test
    void messagesAnswerAsTheKernels() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g);
            assertEquals("No blocks in badblocklist", dev.message(0, "listbadblocks"));
            assertEquals("dust_clear_badblocks: no badblocks found", dev.message(0, "clearbadblocks"));
            dev.message(0, "AddBadBlock 16");
            dev.message(0, "addbadblock 007");
            dev.message(0, "addbadblock 0 0");
            assertEquals("0\n7\n16\n", dev.message(0, "listbadblocks"), "the block past the end is let through");
            assertEquals("countbadblocks: 3 badblock(s) found", dev.message(0, "countbadblocks"));
            assertEquals("dust_query_block: block 7 found in badblocklist", dev.message(0, "queryblock 7"));
            assertEquals("dust_query_block: block 8 not found in badblocklist", dev.message(0, "queryblock 8"));
            assertEquals("", dev.message(0, "removebadblock 7"));
            refused(dev, "removebadblock 7", "dust_remove_block: block 7 not found in badblocklist", 1);
            refused(dev, "addbadblock 0", "dust_add_block: block 0 already in badblocklist", 1);
            refused(dev, "addbadblock 17", "selected block value out of range", 1);
            refused(dev, "queryblock 17", "selected block value out of range", 1);
            refused(dev, "addbadblock 17 1", "selected block value out of range", 1);
            refused(dev, "addbadblock 1 256", "selected write fail count out of range", 2);
            refused(dev, "addbadblock 1 x", "invalid write fail count", 2);
            refused(dev, "addbadblock x", "invalid block number", 1);
            refused(dev, "enable x", "invalid block number", 1);
            refused(dev, "enable 1", "unrecognized message 'enable' received", 0);
            refused(dev, "queryblock 1 1", "unrecognized message 'queryblock' received", 0);
            refused(dev, "queryblock", "queryblock requires an additional argument", 1);
            refused(dev, "Addbadblock", "Addbadblock requires an additional argument", 1);
            refused(dev, "what", "unrecognized message 'what' received", 0);
            refused(dev, "addbadblock 1 1 1", "invalid number of arguments '4'", 3);
            assertEquals("dust_clear_badblocks: badblocks cleared", dev.message(0, "clearbadblocks"));
            assertEquals("dust_clear_badblocks: no badblocks found", dev.message(0, "clearbadblocks"));
        }
    }

    /// Random messages and requests against a sorted map.
    @Test
    void randomUseIsAsTheModelSays() {
        Seeds.each(20, seed -> {
            try (TestGroup g = new TestGroup(seed)) {
                final TestDevice dev = create(g);
                final Random random = new Random(seed);
                final Map<Integer, Integer> model = new TreeMap<>();
                dev.message(0, "enable");
                for (int i = 0; i < 200; i++) {
                    step(dev, random.nextInt(BLOCKS), random, model);
                }
                final String list = model.keySet().stream().map(b -> b + "\n").collect(Collectors.joining());
                assertEquals(list.isEmpty() ? "No blocks in badblocklist" : list, dev.message(0, "listbadblocks"));
            }
        });
    }

    /// As before, and at every third step the server dies and another takes the device over.
    @Test
    void whatTheModelSaysSurvivesTheServer() {
        Seeds.each(20, seed -> {
            try (TestGroup g = new TestGroup(seed)) {
                TestDevice dev = create(g);
                final String table = dev.table();
                final Random random = new Random(seed);
                final Map<Integer, Integer> model = new TreeMap<>();
                dev.message(0, "enable");
                dev.message(0, "quiet");
                for (int i = 0; i < 100; i++) {
                    step(dev, random.nextInt(BLOCKS), random, model);
                    if (random.nextInt(3) == 0) {
                        dev.close();
                        dev = g.create("dev" + i);
                        dev.recover(table);
                        assertEquals("0 32 dust a fail_read_on_bad_block quiet", dev.info());
                    }
                }
                for (int block = 0; block < BLOCKS; block++) {
                    final String found = model.containsKey(block) ? " found" : " not found";
                    assertEquals(
                            "dust_query_block: block " + block + found + " in badblocklist",
                            dev.message(0, "queryblock " + block));
                }
            }
        });
    }

    @Test
    void aListOfManyBlocksSurvivesTheServer() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 9000);
            final TestDevice dev = g.create("dev", "0 9000 dust a 0 512");
            for (int block = 8999; block >= 0; block--) {
                dev.message(0, "addbadblock " + block);
            }
            for (int block = 0; block < 9000; block += 2) {
                dev.message(0, "removebadblock " + block);
            }
            dev.message(0, "addbadblock 4");
            final TestDevice next = g.create("next");
            next.recover("0 9000 dust a 0 512");
            assertEquals(dev.message(0, "listbadblocks"), next.message(0, "listbadblocks"));
            assertEquals("countbadblocks: 4501 badblock(s) found", next.message(0, "countbadblocks"));
        }
    }

    private static void step(TestDevice dev, int block, Random random, Map<Integer, Integer> model)
            throws TargetException {
        switch (random.nextInt(5)) {
            case 0 -> {
                final int fails = random.nextInt(3);
                if (model.putIfAbsent(block, fails) == null) {
                    dev.message(0, "addbadblock " + block + " " + fails);
                } else {
                    assertThrows(TargetException.class, () -> dev.message(0, "addbadblock " + block));
                }
            }
            case 1 -> {
                if (model.remove(block) != null) {
                    dev.message(0, "removebadblock " + block);
                } else {
                    assertThrows(TargetException.class, () -> dev.message(0, "removebadblock " + block));
                }
            }
            case 2 -> assertEquals(model.containsKey(block) ? -EIO : 0, read(dev, block));
            default -> {
                final Integer fails = model.get(block);
                assertEquals(fails != null && fails > 0 ? -EIO : 0, write(dev, block));
                model.computeIfPresent(block, (b, left) -> left == 0 ? null : left - 1);
            }
        }
    }

    /// Writes on all threads at once: a block that fails n writes fails just n of them.
    @Test
    void writesOfManyThreadsCountEachFailureOnce() {
        Seeds.each(20, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 4, 16, 2))) {
                final TestDevice dev = create(g);
                dev.message(0, "enable");
                dev.message(0, "addbadblock 3 5");
                final List<TestIo> ios = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    ios.add(dev.startWrite(6, new byte[1024]));
                }
                g.scheduler().run(g.scheduler().random().nextInt(30));
                dev.message(0, "addbadblock 9");
                dev.awaitAll();
                assertEquals(5, ios.stream().filter(io -> io.status() == -EIO).count());
                assertEquals("9\n", dev.message(0, "listbadblocks"));
            }
        });
    }

    @Test
    void mergingIsTurnedOff() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            assertTrue(create(g).core().limits().noMerges());
        }
    }

    @Test
    void theListIsGoneWithTheTable() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g);
            dev.message(0, "enable");
            dev.message(0, "addbadblock 3");
            dev.suspend(false);
            dev.resume();
            assertEquals(-EIO, read(dev, 3));
            dev.reload(dev.table());
            assertEquals("No blocks in badblocklist", dev.message(0, "listbadblocks"));
            assertArrayEquals(new byte[1024], dev.read(6, 2));
        }
    }
}
