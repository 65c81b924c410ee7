package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A log that the test has made by hand, replayed to a file.
class ReplayCommandTest {
    private static final int BLOCK = 512;

    @TempDir
    Path folder;

    private Path log;
    private Path device;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private static ByteBuffer over(byte[] block) {
        return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void superBlock(long entries) throws IOException {
        final byte[] b = new byte[BLOCK];
        over(b).putLong(0x6a736677736872L).putLong(1).putLong(entries).putInt(BLOCK);
        final byte[] all = bytes.toByteArray();
        System.arraycopy(b, 0, all, 0, BLOCK);
        Files.write(log, all);
    }

    private void entry(long sector, long sectors, long flags, String mark) {
        final byte[] b = new byte[BLOCK];
        final byte[] text = mark.getBytes(StandardCharsets.UTF_8);
        over(b).putLong(sector)
                .putLong(sectors)
                .putLong(flags)
                .putLong(text.length)
                .put(text);
        bytes.writeBytes(b);
    }

    private void write(long sector, int sectors, long flags, int value) {
        entry(sector, sectors, flags, "");
        final byte[] data = new byte[sectors * BLOCK];
        Arrays.fill(data, (byte) value);
        bytes.writeBytes(data);
    }

    /// 0 write, 1 write, 2 flush, 3 mark one, 4 discard, 5 FUA write, 6 mark two, 7 end.
    @BeforeEach
    void makeLog() throws IOException {
        log = folder.resolve("log");
        device = folder.resolve("device");
        bytes.writeBytes(new byte[BLOCK]);
        write(1, 2, 16, 11);
        write(4, 1, 0, 22);
        entry(0, 0, 1, "");
        entry(0, 0, 8, "one");
        entry(1, 1, 4, "");
        write(4, 1, 2, 33);
        entry(0, 0, 8, "two \"2\"");
        entry(0, 0, 8, "dm-log-writes-end");
        superBlock(8);
        Files.write(device, new byte[8 * BLOCK]);
    }

    private CliRun replay(String... options) {
        final String[] args = new String[options.length + 3];
        args[0] = "replay";
        args[1] = log.toString();
        args[2] = device.toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return CliRun.of(args);
    }

    private void requireSectors(int... values) throws IOException {
        final byte[] expected = new byte[8 * BLOCK];
        for (int i = 0; i < values.length; i++) {
            Arrays.fill(expected, i * BLOCK, (i + 1) * BLOCK, (byte) values[i]);
        }
        assertArrayEquals(expected, Files.readAllBytes(device));
    }

    @Test
    void allOfIt() throws IOException {
        assertEquals(
                new CliRun(0, "replayed 8 entries: 3 writes, 1 discards, 1 flushes, 3 marks; 0 checks passed\n", ""),
                replay());
        requireSectors(0, 0, 11, 0, 33);
    }

    @Test
    void countsAsJson() {
        assertEquals(
                "{\"schema\":1,\"command\":\"replay\",\"replayed\":8,\"writes\":3,\"discards\":1,\"flushes\":1,"
                        + "\"marks\":3,\"checks\":0}\n",
                replay("--json").out());
    }

    @Test
    void upToAMark() throws IOException {
        assertEquals(0, replay("--to-mark", "one").exitCode());
        requireSectors(0, 11, 11, 0, 22);
    }

    @Test
    void upToAnEntryFromOneAndALimit() throws IOException {
        assertEquals(0, replay("--to-entry", "0").exitCode());
        requireSectors(0, 11, 11, 0, 0);
        assertEquals(0, replay("--from-entry", "1", "--limit", "1").exitCode());
        requireSectors(0, 11, 11, 0, 22);
        assertEquals(0, replay("--from-entry", "2", "--to-mark", "two \"2\"").exitCode());
        requireSectors(0, 0, 11, 0, 33);
    }

    @Test
    void list() {
        assertEquals("""
                0 write,metadata 1+2
                1 write 4+1
                2 flush
                3 mark one
                4 discard 1+1
                5 write,fua 4+1
                6 mark two "2"
                7 mark dm-log-writes-end
                """, CliRun.of("replay", log.toString(), "--list").out());
        assertEquals(
                "{\"schema\":1,\"command\":\"replay\",\"counted_entries\":8,\"entries\":[{\"entry\":6,\"kind\":\"mark\","
                        + "\"start_sectors\":0,\"len_sectors\":0,\"mark\":\"two \\\"2\\\"\"}]}\n",
                CliRun.of("replay", log.toString(), "--list", "--json", "--from-entry", "6", "--limit", "1")
                        .out());
    }

    @Test
    void aCheckThatFailsStopsThereWithTen() throws IOException {
        final CliRun run = replay(
                "--check-at",
                "fua",
                "--check",
                "cmp -s -n 512 -i 2048:0 \"$DMCTL_REPLAY_DEVICE\" - <" + device.resolveSibling("want"));
        assertEquals(10, run.exitCode(), run::toString);
        assertTrue(run.err().contains("entry 2 (flush): the check ended with "), run::err);
        assertTrue(run.err().contains("--to-entry 2\n"), run::err);
        requireSectors(0, 11, 11, 0, 22);
    }

    @Test
    void checksRunWhereTheyAreAskedFor() {
        for (String[] each :
                new String[][] {{"flush", "2 "}, {"fua", "2 5 "}, {"mark", "3 6 7 "}, {"entry", "0 1 2 3 4 5 6 7 "}}) {
            final CliRun run = replay("--check", "printf '%s ' $DMCTL_REPLAY_ENTRY", "--check-at", each[0]);
            assertEquals(each[1], run.err());
            assertTrue(run.out().endsWith("; " + each[1].length() / 2 + " checks passed\n"), run::out);
        }
    }

    /// After a crash the super block is old: the entries behind are there all the same.
    @Test
    void entriesThatTheSuperBlockDoesNotCountAreTaken() throws IOException {
        superBlock(4);
        final CliRun run = replay();
        assertTrue(run.out().startsWith("replayed 8 entries"), run::toString);
        assertTrue(run.err().contains("counts 4 entries, those from 4 to 7"), run::err);
        requireSectors(0, 0, 11, 0, 33);
    }

    @Test
    void behindAnEndedLogIsNothing() throws IOException {
        write(0, 1, 0, 99);
        superBlock(8);
        assertEquals("", replay().err());
        requireSectors(0, 0, 11, 0, 33);
    }

    @Test
    void anUncountedEntryThatIsNotWellFormedEndsTheLog() throws IOException {
        final byte[] all = Files.readAllBytes(log);
        all[BLOCK * 4 + 100] = 1; // in the header of entry 1
        Files.write(log, all);
        bytes.reset();
        bytes.writeBytes(all);
        superBlock(1);
        assertTrue(replay().out().startsWith("replayed 1 entries"));
        superBlock(2);
        CliRun run = replay();
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("entry 1 at byte 2048 is damaged; the super block counts 2"), run::err);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--to-mark three        | 1  | no mark 'three': it has one, two \"2\", dm-log-writes-end",
                "--to-entry 8           | 1  | no entry 8 (--to-entry): it has 8",
                "--from-entry 9         | 1  | no entry 9 (--from-entry): it has 8",
                "--to-entry 1 --from-entry 3 | 2 | --to-entry 1 is before --from-entry 3",
                "--to-entry x           | 2  | --to-entry must be a number",
                "--limit -1             | 2  | --limit",
                "--to-mark a --to-entry 1 | 2 | exclude one another",
                "--check-at flush       | 2  | --check-at needs --check",
                "--check true --check-at x | 2 | --check-at must be one of flush, fua, mark, entry",
                "--list                 | 2  | --list writes nothing",
                "extra                  | 2  | 'extra'",
            })
    void badRangesAndOptionsWriteNothing(String options, int code, String text) throws IOException {
        final CliRun run = replay(options.strip().split(" +", -1));
        assertEquals(code, run.exitCode(), run::toString);
        assertTrue(run.err().contains(text), run::err);
        requireSectors();
    }

    @Test
    void badFilesAreNamed() throws IOException {
        CliRun.of("replay", folder.resolve("nosuch").toString(), device.toString())
                .refused(ExitCode.NOT_FOUND, "dmctl replay", "nosuch: No such file");
        CliRun.of("replay", log.toString(), folder.resolve("nosuch").toString())
                .refused(ExitCode.NOT_FOUND, "dmctl replay", "nosuch: No such file");
        CliRun.of("replay", device.toString(), log.toString())
                .refused(ExitCode.FAILED, "dmctl replay", "no write log: it has no super block");
        CliRun.of("replay", log.toString(), log.toString())
                .refused(ExitCode.USAGE, "dmctl replay", "DEVICE is the log itself");
        CliRun.of("replay", log.toString()).refused(ExitCode.USAGE, "dmctl replay", "DEVICE, or --list");
        Files.write(device, new byte[2 * BLOCK]);
        CliRun.of("replay", log.toString(), device.toString())
                .refused(ExitCode.FAILED, "dmctl replay", "entry 0 is past the end: sector 1 + 2 of 2");
        Files.write(folder.resolve("short"), new byte[10]);
        CliRun.of("replay", folder.resolve("short").toString(), device.toString())
                .refused(ExitCode.FAILED, "dmctl replay", "ends at byte 10");
    }
}
