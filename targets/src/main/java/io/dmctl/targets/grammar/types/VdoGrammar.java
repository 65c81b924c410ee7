package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.KSTRTOUINT;
import static io.dmctl.targets.grammar.NumberForm.KSTRTOULL;
import static io.dmctl.targets.grammar.Unit.BLOCKS_4K;
import static io.dmctl.targets.grammar.Unit.NONE;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.When;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Table version 4; those before have words that are looked at no more.
///
/// @kernel drivers/md/dm-vdo/dm-vdo-target.c `vdo_ctr` `parse_device_config` `vdo_status` `process_vdo_message`
final class VdoGrammar {
    private static final int VERSION = 4;
    private static final int[] FEWEST_WORDS = {10, 12, 9, 7, 6};
    private static final long BLOCK_SECTORS = 8;
    private static final long MAX_LOGICAL_BLOCKS = 1L << 40;
    private static final String WORDS = "Incorrect number of arguments for version";
    private static final Pattern VERSION_WORD = Pattern.compile("V(\\d{1,9}).*");

    private VdoGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("vdo", "blocks that are the same are stored once, and compressed")
                .source("dm-vdo/dm-vdo-target.c")
                .features(TargetFeature.SINGLETON)
                .args(
                        new Rule("LENGTH is a multiple of 8, at most 2^43", VdoGrammar::logicalSize),
                        new Rule("so many words as the version has", VdoGrammar::words),
                        When.of("from version 1 on", line -> version(line) >= 1, Word.any("version", "V4", WORDS)),
                        Device.of("device", "where the blocks are", WORDS).openedLater(),
                        When.of(
                                "from version 1 on",
                                line -> version(line) >= 1,
                                Numeral.of(
                                        "physical_blocks",
                                        "of the device",
                                        KSTRTOULL,
                                        BLOCKS_4K,
                                        "Invalid physical block count")),
                        Word.of(
                                "logical_block_size",
                                "bytes of what is offered",
                                "Invalid logical block size",
                                "512",
                                "4096"),
                        When.of("to version 1", line -> version(line) <= 1, old("read_cache"), old("read_cache_size")),
                        Numeral.of(
                                "block_map_cache",
                                "for the block map, in memory",
                                KSTRTOUINT,
                                BLOCKS_4K,
                                "Invalid block map page cache size"),
                        Numeral.of(
                                "block_map_era_length",
                                "how old a page of it may become",
                                KSTRTOUINT,
                                NONE,
                                "Invalid block map maximum age"),
                        When.of("to version 2", line -> version(line) <= 2, old("raid5_mode")),
                        When.of("to version 3", line -> version(line) <= 3, old("write_policy")),
                        When.of("to version 2", line -> version(line) <= 2, old("pool")),
                        When.of(
                                "to version 1",
                                line -> version(line) <= 1,
                                Word.any("threads", ". or NAME=NUMBER,...", WORDS),
                                new Rule("", VdoOptions::threads)),
                        When.of(
                                "from version 2 on",
                                line -> version(line) >= 2,
                                new Rule("options are pairs of a key and a value", VdoGrammar::pairs),
                                Repeat.toTheEnd(
                                        "options",
                                        VdoOptions.KEYS,
                                        Word.any("key", "what is set", ""),
                                        Word.any("value", "to this", "")),
                                new Rule("", VdoOptions::pairs)),
                        new Rule(
                                "the threads hash, logical and physical are all 0 or all not",
                                line -> VdoOptions.of(line).zones(line)),
                        new Rule(
                                "the cache has 4096 blocks for each logical thread",
                                line -> VdoOptions.of(line).cache(line)),
                        new Rule("", VdoGrammar::open))
                .status(
                        Device.of("device", "where the blocks are", "no device"),
                        Word.shown("mode", "what it does", "normal", "recovering", "read-only"),
                        Word.shown("recovery", "whether it recovers", "recovering", "-"),
                        Word.shown("index", "the state of the index"),
                        Word.shown("compression", "whether it compresses", "online", "offline"),
                        Numeral.shown("used", BLOCKS_4K, "of the device"),
                        Numeral.shown("total", BLOCKS_4K, "of the device"))
                .message("stats", "tell the counters")
                .message("config", "tell the settings")
                .message("dump", "log the state")
                .message("compression on|off", "compress")
                .message("index-close|index-create|index-disable|index-enable", "the index")
                .notChecked(
                        "the vdo on the device, which a blank device becomes, and the size it has",
                        "Cannot load metadata from device")
                .notChecked("that the device is large enough", "Could not allocate enough space for VDO during format")
                .notChecked("a device that another vdo uses", "Cannot share storage device with already-running VDO")
                .example("0 2097152 vdo V4 /dev/sdb 2097152 4096 32768 16380 compression on")
                .build();
    }

    /// Looked at no more.
    private static Word old(String name) {
        return Word.any(name, "looked at no more", WORDS);
    }

    /// 0 when the line does not begin with one.
    private static int version(Line line) {
        final Matcher word = VERSION_WORD.matcher(line.argument(0));
        return word.matches() ? Integer.parseInt(word.group(1)) : 0;
    }

    private static void logicalSize(Line line) throws TargetException {
        if (line.lenSectors() / BLOCK_SECTORS > MAX_LOGICAL_BLOCKS) {
            throw bad("Logical size exceeds the maximum", -1);
        }
        if (line.lenSectors() % BLOCK_SECTORS != 0) {
            throw bad("Logical size must be a multiple of 4096", -1);
        }
    }

    private static void words(Line line) throws TargetException {
        if (line.remaining() == 0) {
            throw bad("Incorrect number of arguments", 0);
        }
        final boolean given = VERSION_WORD.matcher(line.argument(0)).matches();
        final int version = version(line);
        if (given && (version < 1 || version > VERSION)) {
            throw bad("Unknown version number detected", 0);
        }
        final int least = FEWEST_WORDS[version];
        if (line.remaining() < least || (version <= 1 && line.remaining() != least)) {
            throw bad(WORDS, Math.min(least, line.remaining()));
        }
    }

    private static void pairs(Line line) throws TargetException {
        if (line.remaining() % 2 != 0) {
            throw bad("Odd number of optional arguments given but they should be <key> <value> pairs", line.next());
        }
    }

    private static void open(Line line) throws TargetException {
        line.open("device", "Unable to open storage device");
    }

    private static TargetException bad(String text, int argument) {
        return new TargetException(text, TargetException.EINVAL, argument);
    }
}
