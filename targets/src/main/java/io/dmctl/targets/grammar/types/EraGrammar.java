package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.SCAN_U;
import static io.dmctl.targets.grammar.Unit.BLOCKS_4K;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;

/// @kernel drivers/md/dm-era-target.c `era_ctr` `era_status` `era_message`
final class EraGrammar {
    private EraGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("era", "notes when each block was written last")
                .source("dm-era-target.c")
                .count(3, 3, "Invalid argument count")
                .args(
                        Device.of("metadata", "where the eras are", "Error opening metadata device"),
                        Device.of("origin", "the data", "Error opening data device"),
                        Numeral.of("block_size", "what is noted together", SCAN_U, SECTORS, "Error parsing block size")
                                .range(1, 0xffff_ffffL, "Invalid block size")
                                .multipleOf(8),
                        new Rule("", line -> line.uses("origin", 0, line.sizeSectors("origin"))))
                .status(
                        Numeral.shown("metadata_block_size", SECTORS, "size of a metadata block"),
                        Pair.of("used_metadata", "total_metadata", BLOCKS_4K, "blocks of the metadata device"),
                        Numeral.shown("current_era", NONE, "the era of what is written now"),
                        Numeral.shown("held_metadata_root", NONE, "block of the metadata snapshot")
                                .or("-"))
                .state("Error", "the metadata could not be read")
                .message("checkpoint", "begin a new era")
                .message("take_metadata_snap", "keep the metadata as it is, for reading")
                .message("drop_metadata_snap", "let it go")
                .notChecked("the metadata device's superblock, which a blank device gets", "Error reading metadata")
                .example("0 2097152 era /dev/vg/meta /dev/sdb 128")
                .build();
    }
}
