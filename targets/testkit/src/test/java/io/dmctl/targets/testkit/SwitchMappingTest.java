package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The messages of switch; regions of one sector, so that a read tells where a region lies.
class SwitchMappingTest {
    private static final int REGIONS = 40;

    private static String line(int paths) {
        final StringBuilder line = new StringBuilder("0 " + REGIONS + " switch " + paths + " 1 0");
        for (int i = 0; i < paths; i++) {
            line.append(" d").append(i).append(" 0");
        }
        return line.toString();
    }

    /// A device whose path `p` holds bytes of the value `p`.
    private static TestDevice create(TestGroup g, int paths) throws TableException {
        for (int i = 0; i < paths; i++) {
            final byte[] fill = new byte[REGIONS << 9];
            Arrays.fill(fill, (byte) i);
            g.ram("d" + i, REGIONS).setContents(fill);
        }
        return g.create("dev", line(paths));
    }

    /// The path of each region, one hex digit each.
    private static String mapping(TestDevice dev) {
        final byte[] bytes = dev.read(0, REGIONS);
        final StringBuilder paths = new StringBuilder();
        for (int i = 0; i < REGIONS; i++) {
            paths.append(Integer.toHexString(bytes[i << 9]));
        }
        return paths.toString();
    }

    private static void refused(TestDevice dev, String words, String text, int argument) {
        final TargetException e = assertThrows(TargetException.class, () -> dev.message(0, words), words);
        assertEquals(text, e.getMessage());
        assertEquals(22, e.errno());
        assertEquals(argument, e.argument(), words);
    }

    @Test
    void beginsRoundRobin() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            assertEquals("012".repeat(13) + "0", mapping(create(g, 3)));
        }
    }

    @Test
    void theMappingSurvivesTheServer() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g, 12);
            dev.message(0, "set_region_mappings 0:b :A 27:3");
            final TestDevice next = g.create("next");
            next.recover(line(12));
            assertEquals("ba23456789ab", mapping(next).substring(0, 12));
            assertEquals(mapping(dev), mapping(next));
            next.message(0, "set_region_mappings 1:0");
            final TestDevice fresh = g.create("fresh", line(12));
            assertEquals("0123456789ab", mapping(fresh).substring(0, 12), "a table that is loaded begins round robin");
        }
    }

    @Test
    void itemsSetAndRepeat() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g, 12);
            assertEquals("", dev.message(0, "Set_Region_Mappings 0:b :A :1 R3,6 1f:b r1,2 :0"));
            assertEquals("ba1ba1ba1", mapping(dev).substring(0, 9));
            assertEquals("bbb0", mapping(dev).substring(0x1f, 0x23));
            dev.message(0, "set_region_mappings");
            dev.message(0, "set_region_mappings R1,0 :b");
            assertEquals('b', mapping(dev).charAt(1), "the first :PATH is region 1");
            assertEquals("0 40 switch", dev.info());
            final String before = mapping(dev);
            dev.suspend(false);
            dev.resume();
            assertEquals(before, mapping(dev));
            dev.reload(dev.table());
            assertEquals("0123456789ab", mapping(dev).substring(0, 12), "TABLE does not tell the mapping");
        }
    }

    /// Items in front of a bad one stay applied.
    @Test
    void whatIsWrongIsToldAsTheKernelLogsIt() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = create(g, 3);
            final String bad = "invalid set_region_mappings ";
            refused(dev, "set_region_mappings 0:2 :2 x", bad + "argument: 'x'", 3);
            assertEquals("22", mapping(dev).substring(0, 2));
            refused(dev, "set_region_mappings 0", bad + "argument: '0'", 1);
            refused(dev, "set_region_mappings 0:", bad + "argument: '0:'", 1);
            refused(dev, "set_region_mappings 0:1x", bad + "argument: '0:1x'", 1);
            refused(dev, "set_region_mappings 0:1:1", bad + "argument: '0:1:1'", 1);
            refused(dev, "set_region_mappings R", bad + "argument: 'R'", 1);
            refused(dev, "set_region_mappings R,1", bad + "argument: 'R,1'", 1);
            refused(dev, "set_region_mappings R1,", bad + "argument: 'R1,'", 1);
            refused(dev, "set_region_mappings R1,1x", bad + "argument: 'R1,1x'", 1);
            refused(dev, "set_region_mappings 28:0", bad + "region number: 40 >= 40", 1);
            refused(dev, "set_region_mappings 0:3", bad + "device: 3 >= 3", 1);
            refused(dev, "set_region_mappings R0,1", bad + "cycle length: 18446744073709551615 > 0", 1);
            refused(dev, "set_region_mappings 1:1 R3,1", bad + "cycle length: 2 > 1", 2);
            refused(dev, "set_region_mappings 1:1 R1,27", bad + "region number: 1 + 39 >= 40", 2);
            refused(
                    dev,
                    "set_region_mappings 1:1 R1,ffffffffffffffff",
                    bad + "region number: 1 + 18446744073709551615 >= 40",
                    2);
            refused(dev, "map 0:1", "Unrecognised message received.", 0);
        }
    }

    /// Random messages against an array of bytes, with numbers of paths that need 1 to 4 bits.
    @Test
    void randomMessagesAreAsTheModelSays() {
        Seeds.each(12, seed -> {
            final int paths = (int) (1 + seed);
            try (TestGroup g = new TestGroup(seed)) {
                final TestDevice dev = create(g, paths);
                final Random random = new Random(seed);
                final int[] model = new int[REGIONS];
                for (int i = 0; i < REGIONS; i++) {
                    model[i] = i % paths;
                }
                for (int i = 0; i < 30; i++) {
                    dev.message(0, randomMessage(random, model, paths));
                    final StringBuilder expected = new StringBuilder();
                    for (int path : model) {
                        expected.append(Integer.toHexString(path));
                    }
                    assertEquals(expected.toString(), mapping(dev));
                }
                assertEquals(0, dev.status(ReqOp.FLUSH, 0, 0, 0));
            }
        });
    }

    private static String randomMessage(Random random, int[] model, int paths) {
        final StringBuilder words = new StringBuilder("set_region_mappings");
        int region = random.nextInt(REGIONS);
        int path = random.nextInt(paths);
        words.append(String.format(Locale.ROOT, " %x:%X", region, path));
        model[region] = path;
        for (int i = 0; i < 5 && region + 1 < REGIONS; i++) {
            if (random.nextBoolean()) {
                path = random.nextInt(paths);
                words.append(" :").append(Integer.toHexString(path));
                model[++region] = path;
            } else {
                final int cycle = 1 + random.nextInt(region + 1);
                final int count = random.nextInt(REGIONS - region);
                words.append(String.format(Locale.ROOT, " %c%x,%x", random.nextBoolean() ? 'R' : 'r', cycle, count));
                for (int n = 0; n < count; n++) {
                    region++;
                    model[region] = model[region - cycle];
                }
            }
        }
        return words.toString();
    }
}
