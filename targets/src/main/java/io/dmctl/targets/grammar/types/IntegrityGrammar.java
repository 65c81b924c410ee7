package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.SCAN_LLU;
import static io.dmctl.targets.grammar.NumberForm.SCAN_U;
import static io.dmctl.targets.grammar.Unit.BYTES;
import static io.dmctl.targets.grammar.Unit.MILLISECONDS;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.PERCENT;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.NumberForm;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Unit;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import java.util.List;

/// @kernel drivers/md/dm-integrity.c `dm_integrity_ctr` `dm_integrity_status`
final class IntegrityGrammar {
    private static final String UNKNOWN = "Invalid argument";
    private static final long MAX_TAG_BYTES = 255;

    private IntegrityGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of(
                        "integrity", "a tag for every sector, which shows that its data is not what was written")
                .source("dm-integrity.c")
                .features(TargetFeature.SINGLETON)
                .count(5, Integer.MAX_VALUE, "Invalid argument count")
                .args(
                        Device.of("device", "the data and, without meta_device, the tags", "Device lookup failed"),
                        Numeral.of("start", "where the superblock is", SCAN_LLU, SECTORS, "Invalid starting offset"),
                        Numeral.of("tag_size", "of one block; - as the hash", SCAN_U, BYTES, "Invalid tag size")
                                .range(1, 0xffff_ffffL)
                                .or("-"),
                        Word.of(
                                "mode",
                                "J journal, B bitmap, D direct, R recovery, I inline",
                                "Invalid mode (expecting J, B, D, R, I)",
                                "J",
                                "B",
                                "D",
                                "R",
                                "I"),
                        options(),
                        hash("internal_hash"),
                        hash("journal_mac"),
                        hash("journal_crypt"),
                        new Rule("a tag has a size, or there is an internal hash", IntegrityGrammar::tagSize),
                        new Rule(
                                "mode I has an internal hash, no meta_device, journal or discards",
                                IntegrityGrammar::inline),
                        new Rule("mode B and discards have an internal hash", IntegrityGrammar::needsHash),
                        new Rule("", IntegrityGrammar::areas),
                        new Rule("recalculate has an internal hash", IntegrityGrammar::recalculates))
                .status(
                        Numeral.shown("mismatches", NONE, "blocks whose tag was another"),
                        Numeral.shown("provided_data", SECTORS, "what the device offers"),
                        Numeral.shown("recalculated", SECTORS, "how far the tags are made anew")
                                .or("-"))
                .notChecked(
                        "the superblock, which a blank device gets",
                        "The device is not initialized",
                        "Unknown version",
                        "Inline flag mismatch",
                        "Tag size doesn't match the information in superblock",
                        "Block size doesn't match the information in superblock",
                        "Invalid interleave_sectors in the superblock",
                        "Journal mac mismatch",
                        "Keyed discard cannot be disabled once enabled")
                .notChecked(
                        "that the kernel has the algorithms and takes their keys",
                        "Invalid internal hash",
                        "Error setting internal hash key",
                        "Invalid journal mac",
                        "Error setting journal mac key",
                        "Invalid journal cipher",
                        "Error setting encryption key")
                .notChecked(
                        "that the device holds LENGTH sectors beside the tags and the journal",
                        "Not enough provided sectors for requested mapping size",
                        "The device is too small",
                        "Could not initialize superblock",
                        "Error reading superblock")
                .notChecked(
                        "mode I: the device's integrity profile",
                        "Integrity profile not supported",
                        "The integrity profile is smaller than tag size",
                        "Too big tuple size",
                        "Integrity profile sector size mismatch")
                .example("0 2097152 integrity /dev/sdb 0 4 J 1 internal_hash:crc32c")
                .build();
    }

    private static Options options() {
        return Options.of(
                        "feature",
                        18,
                        "Invalid number of feature args",
                        UNKNOWN,
                        number("journal_sectors", SCAN_U, SECTORS, "size of the journal"),
                        number("interleave_sectors", SCAN_U, SECTORS, "data between two runs of tags"),
                        number("buffer_sectors", SCAN_U, SECTORS, "size of a buffer of tags"),
                        Option.joined(Numeral.of(
                                        "journal_watermark",
                                        "when the journal is written back",
                                        SCAN_U,
                                        PERCENT,
                                        UNKNOWN)
                                .range(0, 100)),
                        number("commit_time", SCAN_U, MILLISECONDS, "when the journal is committed"),
                        Option.joined(Device.of("meta_device", "where the tags are", "Device lookup failed")),
                        Option.joined(Numeral.of("block_size", "of a tag", SCAN_U, BYTES, UNKNOWN)
                                .range(512, 4096, "Invalid block_size argument")
                                .powerOfTwo("Invalid block_size argument")),
                        number("sectors_per_bit", SCAN_LLU, SECTORS, "mode B: data of a bit"),
                        Option.joined(Numeral.of(
                                        "bitmap_flush_interval",
                                        "mode B: when bits are cleared",
                                        SCAN_U,
                                        MILLISECONDS,
                                        UNKNOWN)
                                .range(0, 0xffff_ffffL, "Invalid bitmap_flush_interval argument")),
                        algorithm("internal_hash", "makes the tags: ALGORITHM or ALGORITHM:KEY"),
                        algorithm("journal_crypt", "encrypts the journal: ALGORITHM:KEY"),
                        algorithm("journal_mac", "authenticates the journal: ALGORITHM:KEY"),
                        Option.flag("recalculate", "make the tags anew in the background"),
                        Option.flag("reset_recalculate", "make all tags anew"),
                        Option.flag("allow_discards", "take discards"),
                        Option.flag("allow_discards_keyed", "take discards, their tags keyed"),
                        Option.flag("fix_padding", "small paddings of the tags"),
                        Option.flag("fix_hmac", "salt and section in the hashes"),
                        Option.flag("legacy_recalculate", "recalculate with a keyed hash"))
                .inThisCase();
    }

    private static Option number(String name, NumberForm form, Unit unit, String about) {
        return Option.joined(Numeral.of(name, about, form, unit, UNKNOWN));
    }

    private static Option algorithm(String name, String about) {
        return Option.joined(Word.any(name, about, "Invalid " + name + " argument"));
    }

    /// The key behind the algorithm is hexadecimal.
    private static Arg hash(String name) {
        return new Rule("", line -> {
            final String word = line.word(name);
            final int colon = word.indexOf(':');
            final String key = colon < 0 ? "" : word.substring(colon + 1);
            if (key.length() % 2 != 0 || !key.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                throw line.bad("Invalid " + name + " argument", name);
            }
        });
    }

    private static void tagSize(Line line) throws TargetException {
        if (line.word("tag_size").equals("-") && !line.has("internal_hash")) {
            throw line.bad("Unknown tag size", "tag_size");
        }
        if (line.number("tag_size", 0) > MAX_TAG_BYTES) {
            throw line.bad("Too big tag size", "tag_size");
        }
    }

    private static void inline(Line line) throws TargetException {
        if (!line.word("mode").equals("I")) {
            return;
        }
        if (line.has("meta_device")) {
            throw line.bad("Metadata device not supported in inline mode", "meta_device");
        }
        if (!line.has("internal_hash")) {
            throw line.bad("Internal hash not set in inline mode", "mode");
        }
        for (String name : new String[] {"journal_crypt", "journal_mac"}) {
            if (line.has(name)) {
                throw line.bad("Journal crypt not supported in inline mode", name);
            }
        }
        for (String name : new String[] {"allow_discards", "allow_discards_keyed"}) {
            if (line.has(name)) {
                throw line.bad("Discards not supported in inline mode", name);
            }
        }
    }

    private static void needsHash(Line line) throws TargetException {
        final boolean hash = line.has("internal_hash");
        if (line.word("mode").equals("B") && !hash) {
            throw line.bad("Bitmap mode can be only used with internal hash", "mode");
        }
        if (line.has("allow_discards") && !hash) {
            throw line.bad("Discard can be only used with internal hash", "allow_discards");
        }
        if (line.has("allow_discards_keyed")) {
            if (!hash) {
                throw line.bad("Discard can be only used with internal hash", "allow_discards_keyed");
            }
            if (line.word("internal_hash").indexOf(':') < 0) {
                throw line.bad("Keyed discard can only be used with keyed internal hash", "allow_discards_keyed");
            }
        }
    }

    private static void recalculates(Line line) throws TargetException {
        for (String flag : List.of("recalculate", "reset_recalculate")) {
            if (line.has(flag) && !line.has("internal_hash")) {
                throw line.bad("Recalculate can only be specified with internal_hash", flag);
            }
        }
    }

    private static void areas(Line line) {
        if (line.has("meta_device")) {
            line.uses("device", 0, line.lenSectors());
        }
    }
}
