package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.SCAN_D;
import static io.dmctl.targets.grammar.NumberForm.SCAN_LLU;
import static io.dmctl.targets.grammar.NumberForm.SCAN_U;
import static io.dmctl.targets.grammar.Unit.BLOCKS;
import static io.dmctl.targets.grammar.Unit.BYTES;
import static io.dmctl.targets.grammar.Unit.MILLISECONDS;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.PERCENT;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;

/// @kernel drivers/md/dm-writecache.c `writecache_ctr` `writecache_status` `writecache_message`
final class WritecacheGrammar {
    private static final String BAD = "Bad arguments";
    private static final String OPTION = "Invalid optional argument";
    private static final long HIGH_WATERMARK = 50;
    private static final long LOW_WATERMARK = 45;

    private WritecacheGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("writecache", "writes go to a fast device first")
                .source("dm-writecache.c")
                .args(
                        Word.of("mode", "s: the cache is a block device; p: it is persistent memory", BAD, "s", "p")
                                .inAnyCase(),
                        Device.of("origin", "the slow device", "Origin data device lookup failed")
                                .missing(BAD),
                        Device.of("cache", "the fast device", "Cache data device lookup failed")
                                .missing(BAD),
                        Numeral.of("block_size", "size of a block", SCAN_U, BYTES, "Invalid block size")
                                .missing(BAD)
                                .range(512, 4096)
                                .powerOfTwo(),
                        options(),
                        new Rule("start_sector is inside the cache device", WritecacheGrammar::start),
                        new Rule("fua and nofua with mode p, pause_writeback with mode s", WritecacheGrammar::mode),
                        new Rule("high_watermark is not below low_watermark", WritecacheGrammar::watermarks),
                        new Rule("", line -> line.uses("origin", 0, line.lenSectors())))
                .status(status())
                .message("flush", "write the cache's entries down")
                .message("flush_on_suspend", "write all back at the next suspend")
                .message("cleaner", "write all back, cache nothing more")
                .message("clear_stats", "set the counters to 0")
                .notChecked(
                        "the cache device's superblock, which a blank device gets",
                        "Invalid magic in the superblock",
                        "Invalid version in the superblock",
                        "Block size does not match superblock",
                        "Memory area is too small")
                .notChecked("that the cache device holds a block", "Invalid device size")
                .notChecked(
                        "the devices' own logical block size", "Block size is smaller than device logical block size")
                .notChecked(
                        "mode p: that the cache device is persistent memory",
                        "Persistent memory or DAX not supported on this system",
                        "Asynchronous persistent memory not supported as pmem cache",
                        "Unable to map persistent memory for cache")
                .example("0 2097152 writecache s /dev/slow /dev/fast 4096 2 high_watermark 60")
                .build();
    }

    private static Options options() {
        return Options.of(
                "feature",
                18,
                "Invalid number of feature args",
                OPTION,
                Option.with(Numeral.of("start_sector", "where the cache begins", SCAN_LLU, SECTORS, OPTION)),
                Option.with(percent("high_watermark", "writing back begins at so many blocks used (50)")),
                Option.with(percent("low_watermark", "writing back ends at so many blocks used (45)")),
                Option.with(Numeral.of("writeback_jobs", "how many at once", SCAN_U, NONE, OPTION)),
                Option.with(Numeral.of("autocommit_blocks", "commit after so many", SCAN_U, BLOCKS, OPTION)),
                Option.with(Numeral.of("autocommit_time", "commit after that", SCAN_U, MILLISECONDS, OPTION)
                        .range(0, 3600000)),
                Option.with(Numeral.of("max_age", "write back after that", SCAN_U, MILLISECONDS, OPTION)
                        .range(0, 86400000)),
                Option.flag("cleaner", "write all back, cache nothing"),
                Option.flag("fua", "write back with FUA; mode p"),
                Option.flag("nofua", "write back without FUA; mode p"),
                Option.flag("metadata_only", "cache only a file system's metadata"),
                Option.with(Numeral.of("pause_writeback", "after a write; mode s", SCAN_U, MILLISECONDS, OPTION)
                        .range(0, 60000)));
    }

    private static Numeral percent(String name, String about) {
        return Numeral.of(name, about, SCAN_D, PERCENT, OPTION).range(0, 100);
    }

    private static Arg[] status() {
        return new Arg[] {
            Numeral.of("error", "0: none; else the errno, negative", SCAN_D, NONE, "no number"),
            Numeral.shown("total", BLOCKS, "of the cache"),
            Numeral.shown("free", BLOCKS, "of the cache"),
            Numeral.shown("writing_back", BLOCKS, "on their way to the origin"),
            Numeral.shown("reads", NONE, "blocks read"),
            Numeral.shown("read_hits", NONE, "of the cache"),
            Numeral.shown("writes", NONE, "blocks written"),
            Numeral.shown("write_hits_uncommitted", NONE, "in a block that is not committed yet"),
            Numeral.shown("write_hits_committed", NONE, "in a block that is committed"),
            Numeral.shown("writes_around", NONE, "that went to the origin"),
            Numeral.shown("writes_allocate", NONE, "that took a free block"),
            Numeral.shown("writes_blocked_on_freelist", NONE, "that waited for a free block"),
            Numeral.shown("flushes", NONE, "flush requests"),
            Numeral.shown("discards", NONE, "blocks discarded")
        };
    }

    private static void start(Line line) throws TargetException {
        if (line.has("start_sector")
                && Long.compareUnsigned(line.number("start_sector", 0), line.sizeSectors("cache")) >= 0) {
            throw line.bad(OPTION, "start_sector");
        }
    }

    private static void mode(Line line) throws TargetException {
        final boolean ssd = line.word("mode").equalsIgnoreCase("s");
        for (String name : ssd ? new String[] {"fua", "nofua"} : new String[] {"pause_writeback"}) {
            if (line.has(name)) {
                throw line.bad(OPTION, name);
            }
        }
    }

    private static void watermarks(Line line) throws TargetException {
        if (line.number("high_watermark", HIGH_WATERMARK) < line.number("low_watermark", LOW_WATERMARK)) {
            throw line.bad(
                    "High watermark must be greater than or equal to low watermark",
                    line.has("high_watermark") ? "high_watermark" : "low_watermark");
        }
    }
}
