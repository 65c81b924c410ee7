package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.KSTRTOUINT;
import static io.dmctl.targets.grammar.NumberForm.SCAN_U;
import static io.dmctl.targets.grammar.Unit.BLOCKS_4K;
import static io.dmctl.targets.grammar.Unit.REGIONS;
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

/// @kernel drivers/md/dm-clone-target.c `clone_ctr` `clone_status` `clone_message`
final class CloneGrammar {
    private static final long MAX_REGIONS = 1L << 31;

    private CloneGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("clone", "a device that fills itself from another one while it is in use")
                .source("dm-clone-target.c")
                .count(4, Integer.MAX_VALUE, "Invalid number of arguments")
                .args(
                        Device.of("metadata", "which regions are there", "Error opening metadata device"),
                        Device.of("destination", "what is filled", "Error opening destination device"),
                        Device.of("source", "what it is filled from; only read", "Error opening source device"),
                        Numeral.of("region_size", "what is copied together", SCAN_U, SECTORS, "Invalid region size")
                                .range(8, 2097152)
                                .powerOfTwo("Region size is not a power of 2"),
                        new Rule("at most 2^31 regions", CloneGrammar::regions),
                        Maybe.of(features()),
                        Maybe.of(core(4)),
                        new Rule("", CloneGrammar::areas))
                .status(
                        Numeral.shown("metadata_block_size", SECTORS, "size of a metadata block"),
                        Pair.of("used_metadata", "total_metadata", BLOCKS_4K, "blocks of the metadata device"),
                        Numeral.shown("region_size", SECTORS, "what is copied together"),
                        Pair.of("hydrated", "total", REGIONS, "regions of the destination"),
                        Numeral.shown("hydrating", REGIONS, "that are being copied"),
                        features(),
                        core(1024),
                        Word.shown("mode", "what may be written of the metadata", "rw", "ro", "Fail"))
                .state("Fail", "the clone has failed: no I/O")
                .state("Error", "the metadata could not be read")
                .message("enable_hydration", "copy in the background")
                .message("disable_hydration", "copy only what is used")
                .message("hydration_threshold REGIONS", "how many may be copied at once")
                .message("hydration_batch_size REGIONS", "how many are copied together")
                .notChecked(
                        "the metadata device's superblock, which a blank device gets",
                        "Failed to load metadata",
                        "Unable to get write access to metadata, please check/repair metadata")
                .notChecked(
                        "the devices' own logical block size",
                        "Region size is not a multiple of device logical block size")
                .example("0 2097152 clone /dev/vg/meta /dev/new /dev/old 8 1 no_hydration")
                .build();
    }

    private static Options features() {
        return Options.of(
                "feature",
                2,
                "Invalid number of feature arguments",
                "Invalid feature argument",
                Option.flag("no_hydration", "copy only what is used"),
                Option.flag("no_discard_passdown", "discards do not reach the destination"));
    }

    private static Options core(int max) {
        return Options.of(
                        "core_argument",
                        max,
                        "Invalid number of core arguments",
                        "Invalid core argument",
                        regions("hydration_threshold", "how many may be copied at once"),
                        regions("hydration_batch_size", "how many are copied together"))
                .inPairs("Number of core arguments must be even");
    }

    private static Option regions(String name, String about) {
        return Option.with(Numeral.of(name, about, KSTRTOUINT, REGIONS, "Invalid value for argument `" + name + "'"));
    }

    private static void regions(Line line) throws TargetException {
        final long size = line.number("region_size", 1);
        if ((line.lenSectors() + size - 1) / size > MAX_REGIONS) {
            throw line.bad("Too many regions. Consider increasing the region size", "region_size");
        }
    }

    private static void areas(Line line) {
        line.uses("source", 0, line.lenSectors());
        line.uses("destination", 0, line.lenSectors());
    }
}
