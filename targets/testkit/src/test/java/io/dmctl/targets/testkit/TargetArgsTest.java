package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetArgsTest {
    private static List<String> words(String params) {
        try (TargetArgs args = TargetArgs.split(params)) {
            final List<String> words = new ArrayList<>();
            for (int i = 0; i < args.count(); i++) {
                words.add(args.word(i));
            }
            return words;
        }
    }

    /// @kernel drivers/md/dm-table.c `dm_split_args`
    @Test
    void splitsAtWhiteSpaceAndABackslashQuotes() {
        assertEquals(List.of(), words(""));
        assertEquals(List.of(), words(" \t\n"));
        assertEquals(List.of("a", "b", "c"), words("  a\tb\u000b\fc\r\n"));
        assertEquals(List.of("a b", "c"), words("a\\ b c"));
        assertEquals(List.of("\\"), words("\\\\"));
        assertEquals(List.of("ab"), words("a\\b"));
        assertEquals(List.of("a\\"), words("a\\"));
        assertEquals(List.of("\u00fc"), words("\u00fc"));
    }

    @FunctionalInterface
    private interface Reader {
        long read(TargetArgs args) throws TargetException;
    }

    private static long read(String word, Reader reader) throws TargetException {
        try (TargetArgs args = TargetArgs.split(word)) {
            return reader.read(args);
        }
    }

    private static void refused(String word, Reader reader) {
        final TargetException e = assertThrows(TargetException.class, () -> read(word, reader), word);
        assertEquals("bad", e.getMessage());
        assertEquals(22, e.errno());
        assertEquals(0, e.argument());
    }

    /// @kernel lib/vsprintf.c `vsscanf`: `%llu` wants a digit first and stops at 2^64 - 1.
    @Test
    void sectorsAreReadAsSscanfDoes() throws TargetException {
        final Reader sectors = args -> args.sectors("bad");
        assertEquals(8, read("8", sectors));
        assertEquals(8, read("008", sectors));
        assertEquals(-1L, read("18446744073709551615", sectors));
        assertEquals(-1L, read("18446744073709551616", sectors));
        assertEquals(-1L, read("99999999999999999999999", sectors));
        for (String bad : List.of("", "+8", "-8", "8x", "x", "0x8", "8\\ ", "\u0661")) {
            refused(bad, sectors);
        }
    }

    /// @kernel lib/kstrtox.c `kstrtouint`
    @Test
    void uintIsReadAsKstrtouintDoes() throws TargetException {
        final Reader uint = args -> args.uint("bad");
        assertEquals(8, read("8", uint));
        assertEquals(8, read("+8", uint));
        assertEquals(8, read("0008", uint));
        assertEquals(0xffff_ffffL, read("4294967295", uint));
        for (String bad : List.of("", "+", "++8", "-8", "8x", "0x8", "4294967296", "99999999999999999999")) {
            refused(bad, uint);
        }
    }

    /// @kernel lib/kstrtox.c `kstrtoull`
    @Test
    void ullongIsReadAsKstrtoullDoes() throws TargetException {
        final Reader ullong = args -> args.ullong("bad");
        assertEquals(8, read("+08", ullong));
        assertEquals(-1L, read("18446744073709551615", ullong));
        assertEquals(-6L, read("18446744073709551610", ullong));
        for (String bad : List.of("", "+", "++8", "-8", "8x", "0x8", "18446744073709551616", "99999999999999999999")) {
            refused(bad, ullong);
        }
    }

    /// @kernel drivers/md/dm-table.c `dm_read_arg`
    @Test
    void argIsReadAsDmReadArgDoes() throws TargetException {
        final Reader arg = args -> args.arg(1, 9, "bad");
        assertEquals(1, read("1", arg));
        assertEquals(9, read("009", arg));
        assertEquals(2, read("4294967298", arg));
        for (String bad : List.of("", "0", "10", "+8", "-8", "8x", "0x8")) {
            refused(bad, arg);
        }
    }

    /// @kernel drivers/md/dm-table.c `dm_read_arg_group`
    @Test
    void aGroupIsNoLongerThanTheArguments() throws TargetException {
        final Reader group = args -> args.argGroup(0, 3, "bad");
        assertEquals(2, read("2 a b", group));
        assertEquals(0, read("0", group));
        refused("2 a", group);
        refused("4 a b c d", group);
    }

    @Test
    void argumentsAreTakenInOrder() throws TargetException {
        try (TargetArgs args = TargetArgs.split("dev 8 key")) {
            assertEquals(new DeviceArg(0, "dev"), args.device("no device"));
            assertEquals(2, args.remaining());
            assertEquals(8, args.sectors("no sector"));
            assertEquals(
                    "key",
                    new String(args.shiftSecret("no key").toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
            final TargetException e = assertThrows(TargetException.class, () -> args.shift("no more"));
            assertEquals("no more", e.getMessage());
            assertEquals(3, e.argument());
        }
    }

    @Test
    void aSecretIsGoneWithTheArguments() throws TargetException {
        final TargetArgs args = TargetArgs.split("key");
        final var secret = args.shiftSecret("no key");
        args.close();
        args.close();
        assertThrows(IllegalStateException.class, () -> secret.get(ValueLayout.JAVA_BYTE, 0));
    }
}
