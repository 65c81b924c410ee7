package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Lines of standard input, as the kernel prints them.
class ExplainCommandTest {
    private static String json(String line) {
        final CliRun run = CliRun.withInput(line, "explain", "-", "--json");
        assertEquals(ExitCode.OK.code(), run.exitCode(), run::toString);
        return run.out();
    }

    @Test
    void moreThanATableIsRefusedAndNotCut() {
        CliRun.withInput("#".repeat((48 << 20) + 1), "explain", "-")
                .refused(ExitCode.INVALID_TABLE, "dmctl explain", "standard input: a table has at most");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 8 thin-pool 0 11/16384 4/512 - rw no_discard_passdown queue_if_no_space - 1024"
                        + "|status|\"used_data_blocks\":4,\"total_data_blocks\":512,\"held_metadata_root\":null",
                "pool: 0 8 thin-pool Fail|status|\"state\":\"Fail\"",
                "0 8 thin-pool 252:0 252:1 128 0 1 skip_block_zeroing"
                        + "|table|\"data\":\"252:1\",\"block_size_sectors\":128,\"low_water_mark_blocks\":0,\"skip_block_zeroing\":true",
                "0 8 thin 1024 2047|status|\"mapped_sectors\":1024,\"highest_mapped_sectors\":2047",
                "0 8 thin 252:3 7|table|\"pool\":\"252:3\",\"device_id\":7",
                "0 8 cache 8 20/1024 64 3/2048 1 2 3 4 5 6 7 1 writeback 2 migration_threshold 2048 smq 0 rw -"
                        + "|status|\"dirty_blocks\":7,\"writeback\":true,\"migration_threshold_sectors\":2048,\"policy\":\"smq\"",
                "0 8 raid raid1 2 Aa 100/200 resync 0 0 -|status|\"synced_sectors\":100,\"total_sectors\":200",
                "0 8 raid raid1 3 0 rebuild 1 2 8:1 8:2 - -|table|\"rebuild\":[1],\"devices\":2,\"device\":[{\"metadata\":\"8:1\"",
                "0 8 integrity 0 4096 -|status|\"mismatches\":0,\"provided_data_sectors\":4096,\"recalculated_sectors\":null",
                "0 8 integrity 8:16 0 4 J 2 internal_hash:crc32c commit_time:10000"
                        + "|table|\"internal_hash\":\"crc32c\",\"commit_time_ms\":10000",
                "0 8 multipath 2 0 0 0 1 1 A 0 2 0 8:0 A 0 8:16 F 3"
                        + "|status|\"path\":[{\"device\":\"8:0\",\"state\":\"A\",\"failures\":0,",
                "0 8 writecache 0 100 90 0 1 2 3 4 5 6 7 8 9 10|status|\"free_blocks\":90",
                "0 8 era 8 10/4096 3 -|status|\"current_era\":3",
                "0 8 clone 8 10/4096 8 5/1024 1 1 no_hydration 4 hydration_threshold 1 hydration_batch_size 1 rw"
                        + "|status|\"hydrated_regions\":5,\"total_regions\":1024,\"hydrating_regions\":1,\"no_hydration\":true",
                "0 8 zoned 100 zones 1/2 cache 3/4 random 5/6 sequential|status|\"free_sequential_zones\":5",
                "0 8 vdo /dev/dm-0 normal - online online 100 2000|status|\"used_4k_blocks\":100",
                "0 8 pcache 0 4 4 1 70 1 0:1 0:2 0:3|status|\"key_head_offset\":1",
                "0 8 inlinecrypt aes-xts-plain64 00 1 0 8:0 0|table|\"key_type\":1,\"iv_offset_sectors\":0",
                "0 8 mirror 2 8:0 8:16 3/4 1 AA 3 disk 8:32 A|status|\"synced_regions\":3,\"total_regions\":4",
                "0 8 snapshot 100/200 16|status|\"used_sectors\":100",
                "0 8 verity V -|status|\"state\":\"V\",\"corrected_blocks\":null",
                "0 8 striped 2 8:0 8:16 1 AD|status|\"stripe_devices\":[\"8:0\",\"8:16\"]",
                "0 8 linear 8:0 2048|table|\"device\":\"8:0\",\"offset_sectors\":2048",
            })
    void aLineIsItsFields(String line, String kind, String fields) {
        final String out = json(line);
        assertTrue(out.contains("\"" + kind + "\":{"), out);
        assertTrue(out.contains(fields), out);
    }

    @Test
    void aReaderSeesUnitsAndSizes() {
        final CliRun run = CliRun.withInput("p: 0 65536 thin-pool 8:0 8:16 128 10 0\n", "explain", "-");
        assertEquals("""
                p: 0 65536 thin-pool (a pool of blocks for thin devices)
                  table
                    metadata                8:0
                    data                    8:16
                    block_size              128 sectors (64 KiB)
                    low_water_mark          10 blocks
                """, run.out().replaceAll(" \\(/dev/\\S+\\)", ""));
    }

    @Test
    void aKeyIsNotTold() {
        assertTrue(!json("0 8 crypt aes-xts-plain64 0011223344 0 8:0 0").contains("0011223344"));
    }

    @Test
    void whatCannotBeReadIsPrintedAsItIs() {
        assertTrue(json("0 8 writeboost a b c").contains("\"table\":null,\"table_words\":\"a b c\""));
        assertTrue(json("0 8 era 8 x").contains("\"table\":null,\"table_words\":\"8 x\""));
        CliRun.withInput("no line", "explain", "-")
                .refused(ExitCode.INVALID_TABLE, "dmctl explain", "line 1: not START LENGTH TYPE WORDS");
    }

    @Test
    void theKindMayBeSaid() {
        final CliRun run = CliRun.withInput("0 8 thin 1024 2047", "explain", "-", "--kind", "table", "--json");
        assertTrue(run.out().contains("\"table\":{\"pool\":\"1024\",\"device_id\":2047}"), run::toString);
        CliRun.of("explain", "--kind", "table").refused(ExitCode.USAGE, "dmctl explain", "--kind is for the lines");
    }

    /// The examples of the pages are what is printed.
    @Test
    void thePagesShowWhatIsPrinted() throws IOException {
        final String page = Files.readString(Path.of("..", "docs", "commands", "explain.md"));
        final String line = page.substring(page.indexOf("echo '") + 6, page.indexOf("' | dmctl explain -"));
        CliRun.withInput(line, "explain", "-").out().lines().forEach(l -> assertTrue(page.contains("    " + l), l));
        final List<String> help = Files.readAllLines(Path.of("..", "docs", "commands", "help.md"));
        CliRun.of("help", "target", "era")
                .out()
                .lines()
                .forEach(l -> assertTrue(help.contains(l.isEmpty() ? l : "    " + l), l));
    }
}
