package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.TargetFeature;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is refused, with the kernel's texts. @kernel drivers/md/dm-table.c `dm_table_add_target`
class TableBuilderTest {
    private static TestTargets.OneDeviceType type(String name, TargetFeature... features) {
        return new TestTargets.OneDeviceType(name, Set.of(features), TestTargets.PassThrough::new);
    }

    private static TestGroup group() {
        final TestGroup g = new TestGroup(
                1,
                type("single", TargetFeature.SINGLETON),
                type("fixed", TargetFeature.IMMUTABLE),
                type("fixed2", TargetFeature.IMMUTABLE),
                type("rw", TargetFeature.ALWAYS_WRITEABLE));
        g.ram("a", 64);
        return g;
    }

    private static void refused(String table, String text, int line) {
        refused(table, text, 22, line, -1);
    }

    private static void refused(String table, String text, int errno, int line, int argument) {
        try (TestGroup g = group()) {
            final TestDevice dev = g.create("dev");
            final TableException e = assertThrows(TableException.class, () -> dev.load(table), table);
            assertEquals(text, e.getMessage());
            assertEquals(errno, e.errno(), table);
            assertEquals(line, e.line(), table);
            assertEquals(argument, e.argument(), table);
            assertEquals(0, g.allOpens(), "open after: " + table);
            assertNull(dev.core().inactive());
        }
    }

    @Test
    void linesThatDoNotFitTogether() {
        refused("", "no targets specified", -1);
        refused("0 0 linear a 0", "zero-length target", 0);
        refused("0 8 linear a 0\n8 0 zero", "zero-length target", 1);
        refused("0 8 linear a 0\n9 8 zero", "zero: Gap in table", 1);
        refused("1 8 zero", "zero: Gap in table", 0);
        refused("0 8 linear a 0\n0 8 zero", "zero: Gap in table", 1);
        refused("0 8 nosuch", "nosuch: unknown target type", 0);
        refused("0 36028797018963968 zero", "too large device", 0);
        refused("0 18446744073709551615 zero", "too large device", 0);
        refused("18446744073709551615 1 zero", "too large device", 0);
    }

    /// Looking a word up and opening it costs system calls, and a table may have a hundred thousand lines.
    @Test
    void aWordIsOpenedOnceHoweverManyLinesNameIt() throws TableException {
        try (TestGroup g = group()) {
            final TestDevice low = g.create("low", "0 64 linear a 0");
            g.takeOpenedWords();
            final TestDevice dev = g.create(
                    "dev",
                    "0 8 linear /dev/mapper/low 8\n8 8 linear a 0\n16 8 linear /dev/mapper/low 0\n24 8 linear a 8");
            assertEquals(List.of("/dev/mapper/low", "a"), g.takeOpenedWords());
            assertEquals(1, low.core().users());
            dev.reload("0 8 zero");
            assertEquals(0, low.core().users());
            assertEquals(1, g.allOpens());
        }
    }

    @Test
    void theLargestDeviceIsAccepted() throws TableException {
        try (TestGroup g = group()) {
            final TestDevice dev = g.create("dev", "0 18014398509481983 zero");
            assertEquals(18014398509481983L, dev.core().sizeSectors());
        }
    }

    @Test
    void typesThatDoNotFitTogether() {
        refused("0 8 single a\n8 8 zero", "target type single must appear alone in table", 1);
        refused("0 8 zero\n8 8 single a", "single: singleton target type must appear alone in table", 1);
        final String mixed = "immutable target type cannot be mixed with other target types";
        refused("0 8 zero\n8 8 fixed a", "fixed: " + mixed, 1);
        refused("0 8 fixed a\n8 8 zero", "zero: " + mixed, 1);
        refused("0 8 fixed a\n8 8 fixed2 a", "fixed2: " + mixed, 1);
    }

    @Test
    void aConstructorsTextErrnoAndArgument() {
        refused("0 8 zero\n8 8 linear a x", "linear: Invalid device sector", 22, 1, 1);
        refused(
                "0 8 linear a 0\n8 8 linear b 0",
                "linear: Device lookup failed: b: No such file or directory (ENOENT)",
                2,
                1,
                0);
    }

    @Test
    void areasPastTheEndOfTheDevice() {
        refused("0 65 linear a 0", "a too small for target: start=0, len=65, dev_size=64", 0);
        refused("0 8 zero\n8 8 linear a 57", "a too small for target: start=57, len=8, dev_size=64", 1);
        refused(
                "0 8 linear a 18446744073709551608",
                "a too small for target: start=18446744073709551608, len=8, dev_size=64",
                0);
    }

    @Test
    void areasAndBordersWithinABlock() throws TableException {
        try (TestGroup g = group()) {
            final QueueLimits.Builder b = RamDevice.DISK.toBuilder();
            b.logicalBlockSize = 4096;
            b.physicalBlockSize = 4096;
            b.ioMin = 4096;
            g.ram("k", 64).limits(b.build());
            final TestDevice dev = g.create("dev");
            text(dev, "0 8 linear k 4", "start=4 not aligned to h/w logical block size 4096 of k");
            text(dev, "0 12 linear k 0", "len=12 not aligned to h/w logical block size 4096 of k");
            text(
                    dev,
                    "0 4 linear a 0\n4 8 linear k 0",
                    "table line 1 (start sect 4 len 8) not aligned to h/w logical block size 4096");
            text(
                    dev,
                    "0 8 linear k 0\n8 4 linear a 0",
                    "table line 1 (start sect 8 len 4) not aligned to h/w logical block size 4096");
            dev.reload("0 8 linear k 0\n8 4 linear a 0\n12 4 zero\n16 8 linear k 8");
            assertEquals(4096, dev.core().limits().logicalBlockSize());
        }
    }

    private static void text(TestDevice dev, String table, String text) {
        assertEquals(
                text, assertThrows(TableException.class, () -> dev.load(table)).getMessage());
    }

    @Test
    void aReadOnlyTable() throws TableException {
        try (TestGroup g = group()) {
            final TestDevice dev = g.create("dev");
            final TableException e = assertThrows(TableException.class, () -> dev.loadReadOnly("0 8 rw a"));
            assertEquals("rw: target type may not be included in a read-only table", e.getMessage());
            dev.loadReadOnly("0 8 linear a 0");
        }
    }

    /// @kernel drivers/md/dm-ioctl.c `table_load`; one wildcard target is enough for `dm_table_get_wildcard_target`
    @Test
    void anImmutableTableGivesWayToItsKindAndToAWildcard() throws TableException {
        try (TestGroup g = group()) {
            final TestDevice dev = g.create("dev", "0 8 fixed a");
            text(dev, "0 8 linear a 0", "can't replace immutable target type fixed");
            text(dev, "0 8 fixed2 a", "can't replace immutable target type fixed");
            dev.reload("0 16 fixed a");
            dev.load("0 8 error\n8 8 linear a 0");
            dev.reload("0 8 error");
            dev.reload("0 8 linear a 0");
        }
    }

    @Test
    void loadReplacesTheInactiveTableAndClearDestroysIt() throws TableException {
        try (TestGroup g = group()) {
            final RamDevice b = g.ram("b", 64);
            final TestDevice dev = g.create("dev", "0 8 zero");
            dev.load("0 8 linear a 0");
            dev.load("0 8 linear b 0");
            assertEquals(1, g.allOpens());
            assertEquals(1, g.opens(b));
            dev.core().clear();
            assertEquals(0, g.allOpens());
            dev.resume();
            assertEquals("0 8 zero", dev.table());
        }
    }
}
