package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.KSTRTOULL;
import static io.dmctl.targets.grammar.Unit.BLOCKS;
import static io.dmctl.targets.grammar.Unit.BLOCKS_4K;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// @kernel drivers/md/dm-cache-target.c `cache_ctr` `cache_status` `cache_message`
final class CacheGrammar {
    private static final String MISSING = "Insufficient args";
    private static final String BAD_CONFIG = "Error setting cache policy's config values";
    private static final List<String> MODES = List.of("writeback", "writethrough", "passthrough");
    /// They have no effect any more; only the policy mq takes them.
    private static final Set<String> MQ_KEYS = Set.of(
            "random_threshold",
            "sequential_threshold",
            "discard_promote_adjustment",
            "read_promote_adjustment",
            "write_promote_adjustment");

    private CacheGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("cache", "a fast device holds the blocks of a slow one that are used most")
                .source("dm-cache-target.c")
                .args(
                        Device.of("metadata", "where the mappings are", "Error opening metadata device")
                                .missing(MISSING),
                        Device.of("cache", "the fast device", "Error opening cache device")
                                .missing(MISSING),
                        Device.of("origin", "the slow device", "Error opening origin device")
                                .missing(MISSING),
                        blockSize(),
                        new Rule("a block is not larger than the cache device", CacheGrammar::blockFits),
                        features(),
                        new Rule("one mode", CacheGrammar::oneMode),
                        policy(),
                        Options.words("policy_argument", 1024, "Invalid number of policy arguments"),
                        new Rule("policy arguments are pairs of a key and a value", CacheGrammar::policyArguments),
                        new Rule("", CacheGrammar::areas))
                .status(status())
                .state("Fail", "the cache has failed: no I/O")
                .state("Error", "the metadata could not be read")
                .message("migration_threshold SECTORS", "how much may be on its way between the devices")
                .message("invalidate_cblocks BLOCK|BEGIN-END...", "drop blocks of the cache; in mode passthrough")
                .notChecked(
                        "the metadata device's superblock, which a blank device gets",
                        "Error creating metadata object",
                        "Unable to get write access to metadata, please check/repair metadata.")
                .example("0 2097152 cache /dev/vg/meta /dev/fast /dev/slow 512 1 writethrough smq 0")
                .build();
    }

    private static Arg blockSize() {
        return Numeral.of("block_size", "size of a block", KSTRTOULL, SECTORS, "Invalid data block size")
                .missing(MISSING)
                .range(64, 2097152)
                .multipleOf(64);
    }

    private static Options features() {
        return Options.of(
                "feature",
                3,
                "Invalid number of cache feature arguments",
                "Unrecognised cache feature requested",
                Option.flag("writeback", "a write goes to the cache; the mode when none is given"),
                Option.flag("writethrough", "a write goes to both"),
                Option.flag("passthrough", "reads and writes go to the origin; the cache must be clean"),
                Option.flag("metadata2", "dirty bits are kept apart"),
                Option.flag("no_discard_passdown", "discards do not reach the origin"));
    }

    private static Word policy() {
        return Word.any("policy", "decides what is cached: smq, mq, cleaner, default", MISSING);
    }

    private static Arg[] status() {
        return new Arg[] {
            Numeral.shown("metadata_block_size", SECTORS, "size of a metadata block"),
            Pair.of("used_metadata", "total_metadata", BLOCKS_4K, "blocks of the metadata device"),
            Numeral.shown("block_size", SECTORS, "size of a block"),
            Pair.of("used_cache", "total_cache", BLOCKS, "blocks of the cache device"),
            Numeral.shown("read_hits", NONE, "reads of the cache"),
            Numeral.shown("read_misses", NONE, "reads of the origin"),
            Numeral.shown("write_hits", NONE, "writes to the cache"),
            Numeral.shown("write_misses", NONE, "writes to the origin"),
            Numeral.shown("demotions", BLOCKS, "that left the cache"),
            Numeral.shown("promotions", BLOCKS, "that came into the cache"),
            Numeral.shown("dirty", BLOCKS, "that the origin does not have yet"),
            features(),
            Options.of(
                    "core_argument",
                    1024,
                    "no number",
                    "no such argument",
                    Option.with(Numeral.shown("migration_threshold", SECTORS, "how much may be on its way"))),
            Word.shown("policy", "decides what is cached"),
            Options.words("policy_argument", 1024, "no number"),
            Word.shown("mode", "what may be written of the metadata", "rw", "ro"),
            Word.shown("needs_check", "whether the metadata must be checked", "needs_check", "-")
        };
    }

    private static void blockFits(Line line) throws TargetException {
        if (Long.compareUnsigned(line.number("block_size", 0), line.sizeSectors("cache")) > 0) {
            throw line.bad("Data block size is larger than the cache device", "block_size");
        }
    }

    private static void oneMode(Line line) throws TargetException {
        final List<Field> modes =
                MODES.stream().flatMap(m -> line.all(m).stream()).toList();
        if (modes.size() > 1) {
            throw line.bad(
                    "Duplicate cache io_mode features requested",
                    modes.getLast().name());
        }
    }

    private static void policyArguments(Line line) throws TargetException {
        final List<String> words = line.all("policy_argument").stream()
                .map(f -> line.argument(f.argument()))
                .toList();
        final String policy = line.word("policy");
        if (!Set.of("smq", "mq", "cleaner", "default").contains(policy)) {
            throw line.bad("Error creating cache's policy", "policy");
        }
        if (words.size() % 2 != 0) {
            throw line.bad(BAD_CONFIG, "policy_argument");
        }
        for (int i = 0; i < words.size(); i += 2) {
            final String key = words.get(i).toLowerCase(Locale.ROOT);
            final boolean known = key.equals("migration_threshold") || (policy.equals("mq") && MQ_KEYS.contains(key));
            try (TargetArgs value = TargetArgs.split(words.get(i + 1))) {
                value.ullong(BAD_CONFIG);
            } catch (TargetException e) {
                throw new TargetException(
                        BAD_CONFIG,
                        TargetException.EINVAL,
                        line.all("policy_argument").get(i + 1).argument());
            }
            if (!known) {
                throw new TargetException(
                        BAD_CONFIG,
                        TargetException.EINVAL,
                        line.all("policy_argument").get(i).argument());
            }
        }
    }

    private static void areas(Line line) {
        line.uses("cache", 0, line.sizeSectors("cache"));
        line.uses("origin", 0, line.lenSectors());
    }
}
