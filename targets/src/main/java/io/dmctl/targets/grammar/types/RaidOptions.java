package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.KSTRTOINT;
import static io.dmctl.targets.grammar.Unit.KIB_PER_SECOND;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.Unit;
import io.dmctl.targets.grammar.Value;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;
import java.util.Set;

/// The raid parameters, each with what it needs of the level.
///
/// @kernel drivers/md/dm-raid.c `parse_raid_params` `rs_check_for_valid_flags`
final class RaidOptions {
    private static final int ENOSPC = 28;
    private static final int MAX_DEVICES = 253;
    private static final long MIN_JOURNAL_SECTORS = 4 * 2048;
    private static final long MIN_RESHAPE_SECTORS = 32;
    private static final long PAGE_SECTORS = 8;
    private static final String NO_NUMBER = "Bad numerical argument given in raid params";

    private RaidOptions() {}

    static Options options() {
        return Options.of(
                        "raid_parameter",
                        Integer.MAX_VALUE,
                        "Cannot understand number of raid parameters",
                        "Unable to parse RAID parameter",
                        flag("sync", "sync", "make all devices the same, from the first on"),
                        flag("nosync", "nosync", "they are the same already"),
                        flag("raid10_use_near_sets", "raid10_use_new_sets", "raid10: as older kernels did"),
                        number("rebuild", NONE, "write this device, from 0, anew")
                                .severalTimes()
                                .checked(RaidOptions::rebuild),
                        once(
                                "daemon_sleep",
                                Unit.SECONDS,
                                "between two looks at the bitmap",
                                line -> atLeast0(line, "daemon_sleep", "daemon sleep period out of range")),
                        once(
                                "min_recovery_rate",
                                KIB_PER_SECOND,
                                "of a resync, at least",
                                line -> atLeast0(line, "min_recovery_rate", "min_recovery_rate out of range")),
                        once(
                                "max_recovery_rate",
                                KIB_PER_SECOND,
                                "of a resync, at most",
                                line -> atLeast0(line, "max_recovery_rate", "max_recovery_rate out of range")),
                        number("write_mostly", NONE, "raid1: do not read this device, from 0, when another can")
                                .severalTimes()
                                .checked(RaidOptions::writeMostly),
                        once("max_write_behind", NONE, "raid1: writes that a write_mostly device may lag", line -> {
                            raid1(line, "max_write_behind");
                            atLeast0(line, "max_write_behind", "Max write-behind limit out of range");
                        }),
                        once("stripe_cache", NONE, "raid4, 5, 6: stripes in memory", line -> {
                            parity(line, "stripe_cache", "Inappropriate argument: stripe_cache");
                            atLeast0(line, "stripe_cache", "Bogus stripe cache entries value");
                        }),
                        once("region_size", SECTORS, "of a bit of the bitmap", line -> {}),
                        once(
                                "raid10_copies",
                                NONE,
                                "raid10: how many copies (2)",
                                line -> inRange(
                                        line, "raid10_copies", 2, disks(line), "Bad value for 'raid10_copies'")),
                        Option.with(Word.any("raid10_format", "raid10: near, offset or far", NO_NUMBER))
                                .checked(RaidOptions::raid10Format),
                        once("delta_disks", NONE, "grow or shrink by so many devices", RaidOptions::deltaDisks),
                        once("data_offset", SECTORS, "where the data begins on each device", RaidOptions::dataOffset),
                        Option.with(Device.of(
                                        "journal_dev",
                                        "raid4, 5, 6: a journal",
                                        "raid4/5/6 journal device lookup failure"))
                                .checked(RaidOptions::journal),
                        Option.with(Word.any("journal_mode", "writethrough or writeback", NO_NUMBER))
                                .checked(RaidOptions::journalMode))
                .unknownBefore(Numeral.of("value", "of the parameter", KSTRTOINT, NONE, NO_NUMBER))
                .after(
                        Numeral.of(
                                "chunk_size",
                                "what lies on one device; 0 for raid1",
                                KSTRTOINT,
                                SECTORS,
                                "Bad numerical argument given for chunk_size"),
                        new Rule("a chunk is a power of two of at least 8, but for raid1", RaidOptions::chunk));
    }

    private static Option flag(String word, String called, String about) {
        return Option.flag(word, about).checked(line -> {
            if (line.count(word) > 1) {
                throw line.bad("Only one '" + called + "' argument allowed", word);
            }
        });
    }

    private static Option number(String name, Unit unit, String about) {
        return Option.with(Numeral.of(name, about, KSTRTOINT, unit, NO_NUMBER));
    }

    private static Option once(String name, Unit unit, String about, Rule.Check more) {
        return number(name, unit, about).checked(line -> {
            if (line.count(name) > 1) {
                throw line.bad("Only one " + name + " argument pair allowed", name);
            }
            more.look(line);
        });
    }

    // ---- what a rule knows ----

    static RaidLevel level(Line line) {
        return RaidLevel.of(line.argument(0)).orElseThrow();
    }

    /// How many words the parameters are, or -1.
    static int parameters(Line line) {
        return number(line.argument(1));
    }

    /// How many devices there are, which stands behind the parameters; or -1.
    static int disks(Line line) {
        return number(line.argument(2 + Math.max(0, parameters(line))));
    }

    private static int number(String word) {
        return word.matches("\\d{1,9}") ? Integer.parseInt(word) : -1;
    }

    // ---- rules ----

    private static void chunk(Line line) throws TargetException {
        final long chunk = line.number("chunk_size", 0);
        if (level(line).level() != 1) {
            if (chunk <= 0 || Long.bitCount(chunk) != 1) {
                throw line.bad("Chunk size must be a power of 2", "chunk_size");
            }
            if (chunk < 8) {
                throw line.bad("Chunk size value is too small", "chunk_size");
            }
        }
        if (parameters(line) == 0) {
            // The kernel then takes all words that follow as parameters.
            throw new TargetException(NO_NUMBER, TargetException.EINVAL, 1);
        }
    }

    private static void atLeast0(Line line, String name, String error) throws TargetException {
        inRange(line, name, 0, Integer.MAX_VALUE, error);
    }

    private static void inRange(Line line, String name, long min, long max, String error) throws TargetException {
        final long value = line.number(name, 0);
        if (value < min || value > max) {
            throw line.bad(error, name);
        }
    }

    private static void raid1(Line line, String name) throws TargetException {
        if (level(line).level() != 1) {
            throw line.bad(name + " option is only valid for RAID1", name);
        }
    }

    private static void parity(Line line, String name, String error) throws TargetException {
        if (!level(line).parity()) {
            throw line.bad(error, name);
        }
    }

    private static void rebuild(Line line) throws TargetException {
        inRange(line, "rebuild", 0, disks(line) - 1L, "Invalid rebuild index given");
        final long index = line.number("rebuild", 0);
        final long same = line.all("rebuild").stream()
                .filter(f -> f.value().equals(new Value.Num(index, true)))
                .count();
        if (same > 1) {
            throw line.bad("rebuild for this index already given", "rebuild");
        }
    }

    private static void writeMostly(Line line) throws TargetException {
        raid1(line, "write_mostly");
        inRange(line, "write_mostly", 0, disks(line) - 1L, "Invalid write_mostly index given");
    }

    private static void raid10Format(Line line) throws TargetException {
        if (line.count("raid10_format") > 1) {
            throw line.bad("Only one 'raid10_format' argument pair allowed", "raid10_format");
        }
        if (level(line).level() != 10) {
            throw line.bad("'raid10_format' is an invalid parameter for this RAID type", "raid10_format");
        }
        word(line, "raid10_format", Set.of("near", "offset", "far"), "Invalid 'raid10_format' value given");
    }

    private static void word(Line line, String name, Set<String> known, String error) throws TargetException {
        if (known.stream().noneMatch(line.word(name)::equalsIgnoreCase)) {
            throw line.bad(error, name);
        }
    }

    private static void deltaDisks(Line line) throws TargetException {
        final long delta = Math.abs(line.number("delta_disks", 0));
        if (delta < 1 || delta > MAX_DEVICES - level(line).minimalDevices()) {
            throw line.bad("Too many delta_disk requested", "delta_disks");
        }
    }

    private static void dataOffset(Line line) throws TargetException {
        final long offset = line.number("data_offset", 0);
        if (offset != 0 && (offset < MIN_RESHAPE_SECTORS || offset % PAGE_SECTORS != 0)) {
            throw line.bad("Bogus data_offset value", "data_offset");
        }
    }

    private static void journal(Line line) throws TargetException {
        if (line.count("journal_dev") > 1) {
            throw line.bad("Only one raid4/5/6 set journaling device allowed", "journal_dev");
        }
        parity(line, "journal_dev", "'journal_dev' is an invalid parameter for this RAID type");
        if (line.sizeSectors("journal_dev") < MIN_JOURNAL_SECTORS) {
            throw line.bad("No space for raid4/5/6 journal", ENOSPC, "journal_dev");
        }
    }

    private static void journalMode(Line line) throws TargetException {
        if (!line.has("journal_dev")) {
            throw line.bad("raid4/5/6 'journal_mode' is invalid without 'journal_dev'", "journal_mode");
        }
        if (line.count("journal_mode") > 1) {
            throw line.bad("Only one raid4/5/6 'journal_mode' argument allowed", "journal_mode");
        }
        word(line, "journal_mode", Set.of("writethrough", "writeback"), "Invalid 'journal_mode' argument");
    }
}
