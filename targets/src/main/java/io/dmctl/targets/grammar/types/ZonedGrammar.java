package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.Unit.NONE;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;

/// @kernel drivers/md/dm-zoned-target.c `dmz_ctr` `dmz_status` `dmz_message`
final class ZonedGrammar {
    private ZonedGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("zoned", "a zoned device that takes random writes")
                .source("dm-zoned-target.c")
                .features(TargetFeature.SINGLETON)
                .count(1, Integer.MAX_VALUE, "Invalid argument count")
                .args(
                        Repeat.toTheEnd(
                                "devices",
                                "a zoned device; or a regular one and zoned ones",
                                Device.of("device", "", "Get target device failed")),
                        new Rule("the target begins at sector 0", ZonedGrammar::whole))
                .status(
                        Numeral.shown("zones", NONE, "how many"),
                        Word.shown("zones_word", "", "zones"),
                        Pair.of("free_cache_zones", "cache_zones", NONE, "of the regular device"),
                        Word.shown("cache_word", "", "cache"),
                        Repeat.toTheEnd(
                                "devices",
                                "the zoned ones",
                                Pair.of("free_random_zones", "random_zones", NONE, "that take random writes"),
                                Word.shown("random_word", "", "random"),
                                Pair.of("free_sequential_zones", "sequential_zones", NONE, "that do not"),
                                Word.shown("sequential_word", "", "sequential")))
                .message("reclaim", "make zones free")
                .notChecked(
                        "which devices are zoned",
                        "Invalid regular device",
                        "First device must be a regular device",
                        "Too many regular devices",
                        "Too many zoned devices")
                .notChecked("the metadata that dmzadm has made", "Metadata initialization failed")
                .example("0 2097152 zoned /dev/sdb")
                .build();
    }

    private static void whole(Line line) throws TargetException {
        if (line.beginSector() != 0) {
            throw new TargetException("Partial mapping is not supported", TargetException.EINVAL, -1);
        }
    }
}
