package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.PERCENT;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Unit;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetFeature;

/// @kernel drivers/md/dm-pcache/dm_pcache.c `dm_pcache_ctr` `dm_pcache_status` `dm_pcache_message`
final class PcacheGrammar {
    private static final String MISSING = "Insufficient args";
    private static final String CRC = "Invalid data crc parameter";

    private PcacheGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("pcache", "persistent memory as a cache")
                .source("dm-pcache/dm_pcache.c")
                .features(TargetFeature.SINGLETON)
                .args(
                        Device.of("cache", "persistent memory", "Error opening cache device")
                                .missing(MISSING),
                        Device.of("backing", "the slow device", "Error opening backing device")
                                .missing(MISSING),
                        Maybe.of(Options.of(
                                        "cache_option",
                                        4,
                                        "Invalid number of cache option arguments",
                                        "Unrecognised cache option requested",
                                        Option.with(Word.of(
                                                "cache_mode", "how", "Invalid cache mode parameter", "writeback")),
                                        Option.with(Word.of("data_crc", "check the data", CRC, "true", "false")),
                                        Option.with(Word.of("crc", "data_crc, as printed", CRC, "true", "false"))
                                                .checked(line -> {
                                                    throw line.bad("Unrecognised cache option requested", "crc");
                                                }))
                                .inThisCase()))
                .status(
                        Word.shown("superblock_flags", "hexadecimal"),
                        Numeral.shown("segments_of_the_device", NONE, "of 16 MiB"),
                        Numeral.shown("segments", NONE, "of the cache"),
                        Numeral.shown("used_segments", NONE, "of the cache"),
                        Numeral.shown("gc_percent", PERCENT, "when segments are freed"),
                        Word.shown("cache_flags", "hexadecimal"),
                        position("key_head"),
                        position("dirty_tail"),
                        position("key_tail"))
                .message("gc_percent PERCENT", "when segments are freed, 0 to 90")
                .notChecked("that the cache device is persistent memory, and what is on it")
                .example("0 2097152 pcache /dev/pmem0 /dev/sdb 4 cache_mode writeback data_crc true")
                .build();
    }

    private static Pair position(String name) {
        return new Pair(name + "_segment", name + "_offset", ":", Unit.NONE, "segment and byte in it");
    }
}
