package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.KSTRTOULL;
import static io.dmctl.targets.grammar.Unit.BLOCKS;
import static io.dmctl.targets.grammar.Unit.BLOCKS_4K;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;

/// @kernel drivers/md/dm-thin.c `pool_ctr` `pool_status` `pool_message`
final class ThinPoolGrammar {
    private ThinPoolGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("thin-pool", "a pool of blocks for thin devices")
                .source("dm-thin.c")
                .features(TargetFeature.SINGLETON, TargetFeature.ALWAYS_WRITEABLE, TargetFeature.IMMUTABLE)
                .count(4, Integer.MAX_VALUE, "Invalid argument count")
                .args(
                        Device.of("metadata", "where the mappings are", "Error opening metadata block device"),
                        Device.of("data", "where the blocks are", "Error getting data device"),
                        Numeral.of("block_size", "size of a block", KSTRTOULL, SECTORS, "Invalid block size")
                                .range(128, 2097152)
                                .multipleOf(128),
                        Numeral.of(
                                "low_water_mark",
                                "an event is raised when fewer blocks are free",
                                KSTRTOULL,
                                BLOCKS,
                                "Invalid low water mark"),
                        Maybe.of(features()),
                        new Rule("metadata and data are two devices", ThinPoolGrammar::twoDevices),
                        new Rule("", line -> line.uses("data", 0, line.lenSectors())))
                .order(5, 4, 0, 1, 2, 3, 6)
                .status(
                        Numeral.shown("transaction_id", NONE, "what user space has set"),
                        Pair.of("used_metadata", "total_metadata", BLOCKS_4K, "blocks of the metadata device"),
                        Pair.of("used_data", "total_data", BLOCKS, "blocks of the data device"),
                        Numeral.shown("held_metadata_root", NONE, "block of the metadata snapshot")
                                .or("-"),
                        Word.shown("mode", "what may be written", "rw", "ro", "out_of_data_space"),
                        Word.shown(
                                "discards",
                                "what becomes of a discard",
                                "ignore_discard",
                                "discard_passdown",
                                "no_discard_passdown"),
                        Word.shown(
                                "when_full",
                                "what becomes of a write without a free block",
                                "error_if_no_space",
                                "queue_if_no_space"),
                        Word.shown("needs_check", "whether the metadata must be checked", "needs_check", "-"),
                        Numeral.shown("metadata_low_water_mark", BLOCKS_4K, "an event is raised below it"))
                .state("Fail", "the pool has failed: no I/O")
                .state("Error", "the metadata could not be read")
                .message("create_thin DEVICE_ID", "make a thin device, an empty one")
                .message("create_snap DEVICE_ID ORIGIN_ID", "make a snapshot of a thin device")
                .message("delete DEVICE_ID", "delete a thin device")
                .message("set_transaction_id CURRENT_ID NEW_ID", "count what user space does")
                .message("reserve_metadata_snap", "keep the metadata as it is, for reading")
                .message("release_metadata_snap", "let it go")
                .notChecked(
                        "the metadata device's superblock, which a blank device gets",
                        "Error creating metadata object",
                        "Error allocating memory for pool")
                .example("0 2097152 thin-pool /dev/vg/meta /dev/vg/data 128 1024 1 skip_block_zeroing")
                .build();
    }

    private static Options features() {
        return Options.of(
                "feature",
                4,
                "Invalid number of pool feature arguments",
                "Unrecognised pool feature requested",
                Option.flag("skip_block_zeroing", "new blocks are not zeroed"),
                Option.flag("ignore_discard", "discards do nothing"),
                Option.flag("no_discard_passdown", "discards stay in the pool"),
                Option.flag("read_only", "the metadata is not written"),
                Option.flag("error_if_no_space", "a write without a free block fails instead of waiting"));
    }

    private static void twoDevices(Line line) throws TargetException {
        if (line.argument(0).equals(line.argument(1))) {
            throw new TargetException("Error setting metadata or data device", TargetException.EINVAL, 1);
        }
    }
}
