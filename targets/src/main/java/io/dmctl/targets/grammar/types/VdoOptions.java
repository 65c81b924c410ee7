package io.dmctl.targets.grammar.types;

import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Value;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The optional arguments of vdo, and what they must be together. A key that is not known is taken with any number.
///
/// @kernel drivers/md/dm-vdo/dm-vdo-target.c `parse_optional_arguments`
final class VdoOptions {
    static final String KEYS = "threads (ack, bio, bioRotationInterval, cpu, hash, logical, physical), maxDiscard, "
            + "deduplication, compression, indexSparse, indexMemory, slabSize";

    private static final String BAD = "Invalid optional argument configuration";
    private static final String BAD_THREADS = "Invalid thread-count configuration";
    private static final long CACHE_BLOCKS = 2 * 2048L;
    private static final long MIN_SLAB_BLOCKS = 1 << 13;
    private static final long MAX_SLAB_BLOCKS = 1 << 23;
    private static final long MAX_INDEX_MEMORY = 1024;
    private static final Set<String> FRACTIONS = Set.of("0.25", "0.5", "0.50", "0.75");
    /// A key with a number: the least and the greatest.
    private static final Map<String, long[]> LIMITS = Map.of(
            "bioRotationInterval", new long[] {1, 1024},
            "logical", new long[] {0, 60},
            "physical", new long[] {0, 16},
            "cpu", new long[] {1, 100},
            "bio", new long[] {1, 100},
            "maxDiscard", new long[] {1, 0xffff_ffffL / 4096});
    private static final long[] OTHERWISE = {0, 100};

    private final Map<String, Long> counts = new HashMap<>();

    private VdoOptions() {}

    /// What a line that was found good says.
    static VdoOptions of(Line line) throws TargetException {
        final VdoOptions options = new VdoOptions();
        if (line.has("threads")) {
            options.readThreads(line);
        } else {
            options.readPairs(line);
        }
        return options;
    }

    static void threads(Line line) throws TargetException {
        new VdoOptions().readThreads(line);
    }

    static void pairs(Line line) throws TargetException {
        new VdoOptions().readPairs(line);
    }

    private void readThreads(Line line) throws TargetException {
        final String word = line.word("threads");
        if (word.equals(".")) {
            return;
        }
        for (String spec : word.split(",", -1)) {
            final String[] sides = spec.split("=", -1);
            require(sides.length == 2, line.bad(BAD_THREADS, "threads"));
            count(sides[0], sides[1], line.bad(BAD_THREADS, "threads"));
        }
    }

    private void readPairs(Line line) throws TargetException {
        if (line.all("options").getFirst().value() instanceof Value.Rows rows) {
            for (List<Field> row : rows.rows()) {
                final Field value = row.get(1);
                pair(
                        ((Value.Text) row.get(0).value()).word(),
                        ((Value.Text) value.value()).word(),
                        new TargetException(BAD, TargetException.EINVAL, value.argument()));
            }
        }
    }

    private void pair(String key, String value, TargetException bad) throws TargetException {
        switch (key) {
            case "deduplication", "compression", "indexSparse" ->
                require(Set.of("on", "off").contains(value), bad);
            case "indexMemory" ->
                require(FRACTIONS.contains(value) || number(value, true, bad) <= MAX_INDEX_MEMORY, bad);
            case "slabSize" -> {
                final long blocks = number(value, false, bad);
                require(blocks >= MIN_SLAB_BLOCKS && blocks <= MAX_SLAB_BLOCKS && Long.bitCount(blocks) == 1, bad);
            }
            default -> count(key, value, bad);
        }
    }

    private void count(String key, String value, TargetException bad) throws TargetException {
        final long count = number(value, true, bad);
        final long[] limits = LIMITS.getOrDefault(key, OTHERWISE);
        require(count >= limits[0] && count <= limits[1], bad);
        counts.put(key, count);
    }

    private static long number(String word, boolean small, TargetException bad) throws TargetException {
        try (TargetArgs args = TargetArgs.split(word)) {
            return small ? args.uint(BAD) : args.ullong(BAD);
        } catch (TargetException e) {
            throw bad;
        }
    }

    private static void require(boolean good, TargetException bad) throws TargetException {
        if (!good) {
            throw bad;
        }
    }

    private boolean some(String key) {
        return counts.getOrDefault(key, 0L) != 0;
    }

    void zones(Line line) throws TargetException {
        if (some("logical") != some("physical") || some("physical") != some("hash")) {
            throw line.bad("Logical, physical, and hash zones counts must all be zero or all non-zero", "options");
        }
    }

    void cache(Line line) throws TargetException {
        if (line.number("block_map_cache", 0) < CACHE_BLOCKS * counts.getOrDefault("logical", 0L)) {
            throw line.bad("Insufficient block map cache for logical zones", "block_map_cache");
        }
    }
}
