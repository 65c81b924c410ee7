package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckCommandTest {
    @TempDir
    Path dir;

    private static CliRun checkOf(String... table) {
        return CliRun.withInput(String.join("\n", table), "check", "--no-devices");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 8192 linear /dev/x 0",
                "0 8192 striped 2 128 /dev/x 0 /dev/y 0",
                "0 8192 zero",
                "0 8192 delay /dev/x 0 10",
                "0 8192 flakey /dev/x 0 1 1 1 drop_writes",
                "0 8192 dust /dev/x 0 512",
                "0 8192 log-writes /dev/x /dev/y",
                "0 8192 crypt aes-xts-plain64 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0 /dev/x 0",
                "0 8192 mirror core 1 1024 2 /dev/x 0 /dev/y 0",
                "0 8192 snapshot /dev/x /dev/y P 8",
                "0 8192 snapshot-origin /dev/x"
            })
    void aGoodLineOfAnyTargetIsValid(String line) {
        assertEquals("valid: 1 lines\n", checkOf(line).out(), checkOf(line)::toString);
    }

    @Test
    void whatIsNotCheckedIsSaid() {
        final CliRun run = checkOf("0 8192 thin-pool /dev/x /dev/y 128 0");
        assertEquals(ExitCode.OK.code(), run.exitCode(), run::toString);
        assertTrue(run.out().contains("thin-pool: not checked offline: the metadata device's superblock"), run::out);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 8192 thin-pool /dev/x /dev/y 100 0, argument 3 '100': thin-pool: Invalid block size: EINVAL",
                "0 8192 thin-pool /dev/x /dev/x 128 0, argument 2 '/dev/x': thin-pool: Error setting metadata or data device",
                "0 8192 raid raid5_ls 1 64 3 - /dev/a - /dev/b, argument 4 '3': raid: Cannot understand number of raid devices",
                "0 8192 multipath 0 0 1 1 round-robin 0 1 1 /dev/a x, argument 10 'x': multipath: round-robin ps: invalid repeat",
                "0 8192 integrity /dev/x 0 - J 1 block_size:513, argument 6 'block_size:513': integrity: Invalid block_size",
                "0 8192 cache /dev/m /dev/c /dev/o 64 2 writeback writethrough smq 0, argument 7 'writethrough': cache: Duplicate",
            })
    void aFaultIsToldWithItsArgument(String both) {
        final int comma = both.indexOf(", argument");
        checkOf(both.substring(0, comma)).refused(ExitCode.INVALID_TABLE, "dmctl check", both.substring(comma + 2));
    }

    @Test
    void jsonNamesTheDevices() {
        final CliRun run = CliRun.withInput(
                "0 8192 raid raid5_ls 3 64 journal_dev /dev/j 2 - /dev/a /dev/m /dev/b",
                "check",
                "--json",
                "--no-devices");
        assertTrue(run.out().contains("\"devices\":[\"/dev/j\",\"/dev/a\",\"/dev/m\",\"/dev/b\"]"), run::toString);
    }

    @Test
    void severalFilesAreSeveralTables() throws Exception {
        final Path good = Files.writeString(dir.resolve("good"), "0 8 zero");
        final Path bad = Files.writeString(dir.resolve("bad"), "0 8 zero x");
        assertEquals(
                "valid: 2 lines\n",
                CliRun.of("check", good.toString(), good.toString()).out());
        CliRun.of("check", good.toString(), bad.toString())
                .refused(ExitCode.INVALID_TABLE, "dmctl check", bad + ": table line 1 (0 8 zero), argument 1 'x'");
        CliRun.of("check", "--kernel", good.toString(), bad.toString())
                .refused(ExitCode.USAGE, "dmctl check", "--kernel judges one table");
    }

    @Test
    void whatMustBeAloneIs() {
        checkOf("0 8 zero", "8 8 multipath 0 0 0 0")
                .refused(ExitCode.INVALID_TABLE, "dmctl check", "singleton target type must appear alone in table");
        checkOf("0 8 multipath 0 0 0 0", "8 8 zero")
                .refused(ExitCode.INVALID_TABLE, "dmctl check", "multipath must appear alone in table");
    }

    @Test
    void everyLineAtFaultIsTold() {
        final CliRun run = checkOf("0 8 linear /dev/x", "8 8 zero", "20 8 zero", "28 8 striped 3 4 /dev/x 0");
        assertEquals(ExitCode.INVALID_TABLE.code(), run.exitCode(), run::toString);
        assertTrue(
                run.err().contains("table line 1 (0 8 linear), argument 2 (missing): linear: Invalid argument count"),
                run::toString);
        assertTrue(run.err().contains("table line 3 (20 8 zero): zero: Gap in table"), run::toString);
        assertTrue(run.err().contains("table line 4 (28 8 striped)"), run::toString);
    }

    @Test
    void aTargetThatIsNotKnownIsNotJudged() {
        checkOf("0 8 writeboost a b").refused(ExitCode.UNSUPPORTED, "dmctl check", "writeboost: not judged");
    }

    @Test
    void devicesAreLookedAt() throws Exception {
        final Path file = dir.resolve("disk");
        Files.write(file, new byte[8 << 9]);
        assertEquals(
                "valid: 1 lines\n",
                CliRun.withInput("0 8 linear " + file + " 0", "check").out());
        CliRun.withInput("0 9 linear " + file + " 0", "check")
                .refused(ExitCode.INVALID_TABLE, "dmctl check", "too small for target");
        CliRun.withInput("0 8 linear " + file + ".gone 0", "check")
                .refused(ExitCode.INVALID_TABLE, "dmctl check", "ENOENT");
    }

    @Test
    void jsonHasALineForEach() {
        final CliRun run = CliRun.withInput("0 8 zero\n8 8 mine x 0\n16 8 linear x", "check", "--json", "--no-devices");
        assertEquals("""
                {"schema":1,"command":"check","lines":[\
                {"start_sectors":0,"len_sectors":8,"type":"zero","valid":true,"devices":[],"not_checked":[]},\
                {"start_sectors":8,"len_sectors":8,"type":"mine","valid":null,"devices":[],"not_checked":[]},\
                {"start_sectors":16,"len_sectors":8,"type":"linear","valid":false,"errno":"EINVAL","argument":2,\
                "reason":"linear: Invalid argument count","devices":[],"not_checked":[]}],\
                "error":{"exit_code":6,"reason":"table line 3 (16 8 linear), argument 2 (missing): linear: Invalid argument count: EINVAL","remedy":""}}
                """, run.out());
        assertEquals(ExitCode.INVALID_TABLE.code(), run.exitCode(), run::toString);
    }

    @Test
    void aKeyIsNotTold() {
        final CliRun run = checkOf("0 8 crypt aes-xts-plain64 0011223344 0 /dev/x 0");
        assertEquals(ExitCode.INVALID_TABLE.code(), run.exitCode(), run::toString);
        assertTrue(!run.err().contains("0011223344"), run::toString);
    }

    // ---- dm-mod.create ----

    private static CliRun bootOf(String parameter) {
        return CliRun.withInput("", "check", "--no-devices", "--boot", parameter);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root,,,rw,0 4096 linear 8:3 0",
                "dm-mod.create=\"root,,,rw,0 4096 linear 8:3 0\"",
                " root , , 0x3 , ro , 0 0x1000 linear 8:3 0 , 4096 010 delay 8:3 0 10 ; b,u,4,rw,0  8  linear  8:4 0",
                "root,,,rw,0 4096 linear PARTUUID=1-02 0"
            })
    void whatTheKernelTakesAtBootIsValid(String parameter) {
        final CliRun run = bootOf(parameter);
        assertEquals(ExitCode.OK.code(), run.exitCode(), run::toString);
        assertTrue(run.out().startsWith("valid: "), run::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root|device 1: 1 of 5 fields (name,uuid,minor,flags,table): 'root'",
                "root,,,,0 8 linear 8:3 0|device 1 'root': flags '': must be ro or rw",
                "root,,1048576,rw,0 8 linear 8:3 0|minor '1048576': must be in 0..1048575",
                "root,,x,rw,0 8 linear 8:3 0|minor 'x': must be in",
                "a/b,,,rw,0 8 linear 8:3 0|must not contain '/'",
                ",,,rw,0 8 linear 8:3 0|must not be empty",
                "a,,,rw,0 8 linear 8:3 0;|device 2: 1 of 5 fields",
                "a,,,rw,0 8 linear 8:3 0,|table line 2: START LENGTH TYPE PARAMETERS are needed",
                "a,,,rw,0 8 zero x|table line 1: invalid type \"zero\": at boot there are crypt,",
                "a,,,rw,0 8 linear|table line 1: START LENGTH TYPE PARAMETERS are needed, the last is 'linear'",
                "a,,,rw,0 09 linear 8:3 0|length '09': not a number of sectors",
                "a,,,rw,0 8 linear 8:3 0;a,,,rw,0 8 linear 8:3 0|device 2 'a': device 1 has name a, too",
                "a,,1,rw,0 8 linear 8:3 0;b,,1,rw,0 8 linear 8:3 0|device 2 'b': device 1 has minor 1, too",
                "a,\",,rw,0 8 linear 8:3 0|double quote",
                "a,,,rw,0 8 linear 8:3 0;b,,,rw,0 8 linear 8:3 x|b: table line 1 (0 8 linear), argument 2 'x': linear: Invalid device sector"
            })
    void whatTheKernelRefusesAtBootIsToldWithItsPlace(String both) {
        final int bar = both.indexOf('|');
        bootOf(both.substring(0, bar)).refused(ExitCode.INVALID_TABLE, "dmctl check", both.substring(bar + 1));
    }

    @Test
    void theBoundsOfTheBootParameter() {
        final String device = ",,,rw,0 8 linear 1:1 0";
        bootOf("a" + device + " ".repeat(4096) + ";b" + device).refused(ExitCode.INVALID_TABLE, "dmctl check", "4095");
        final String most = "a,,,rw" + ",0 1 linear 1:1".repeat(257);
        bootOf(most).refused(ExitCode.INVALID_TABLE, "dmctl check", "at most 256 targets");
        final StringBuilder many = new StringBuilder("0,,,rw,");
        for (int i = 1; i < 258; i++) {
            many.append("0 8 linear 1;").append(i).append(",,,rw,");
        }
        bootOf(many.toString()).refused(ExitCode.INVALID_TABLE, "dmctl check", "bytes");
    }

    @Test
    void aBootParameterIsTheWholeQuestion() {
        CliRun.withInput("", "check", "--boot", "x", "--table", "0 8 zero")
                .refused(ExitCode.USAGE, "dmctl check", "--boot and --table");
        CliRun.withInput("", "check", "--boot", "x", "file")
                .refused(ExitCode.USAGE, "dmctl check", "--boot and the file 'file'");
    }
}
