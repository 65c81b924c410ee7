package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.SCAN_U;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Value;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// @kernel drivers/md/dm-raid.c `raid_ctr` `raid_status` `raid_message`
final class RaidGrammar {
    private static final int MAX_DEVICES = 253;
    private static final long REGIONS = 1L << 21;
    private static final long STRIPES = 256;
    private static final long MIN_STRIPES = 17;
    private static final long MAX_STRIPES = 32768;
    private static final String COUNT = "Cannot understand number of raid devices parameters";

    private RaidGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("raid", "several devices as one, with copies or parity")
                .source("dm-raid.c")
                .count(1, Integer.MAX_VALUE, "No arguments")
                .args(
                        Word.of("raid_type", "level and layout", "Unrecognised raid_type", RaidLevel.types())
                                .inAnyCase(),
                        new Rule("more devices than the level has of parity", RaidGrammar::deviceCount),
                        RaidOptions.options(),
                        new Rule("sync, nosync and rebuild are not given together", RaidGrammar::sync),
                        new Rule(
                                "not all devices are write_mostly; the recovery rates are a range", RaidGrammar::rates),
                        new Rule(
                                "region_size is a power of two, not below the chunk, LENGTH/2^21, nor above LENGTH",
                                RaidGrammar::region),
                        new Rule("raid10: no more copies than devices", RaidGrammar::raid10),
                        new Rule("parameters of the level", RaidGrammar::levelParameters),
                        Numeral.of("devices", "how many pairs follow", SCAN_U, NONE, COUNT),
                        Repeat.times(
                                "devices",
                                "device",
                                "its superblock and bitmap, and its data; - for none",
                                metadata(),
                                data()),
                        new Rule("a device to rebuild is there", RaidGrammar::pairs),
                        new Rule("LENGTH is divisible by the number of data devices", RaidGrammar::length),
                        new Rule("raid6 has 4 devices, raid10 superblocks", RaidGrammar::runs),
                        new Rule(
                                "raid4, 5, 6: stripe_cache, or half of a chunk if that is more, is 17 to 32768",
                                RaidGrammar::stripeCache))
                .status(
                        Word.shown("raid_type", "level and layout", RaidLevel.types()),
                        Numeral.shown("devices", NONE, "how many"),
                        Word.shown("health", "of each device: A in sync, a not in sync, D failed, - missing"),
                        Pair.of("synced", "total", SECTORS, "how far they are the same"),
                        Word.shown("action", "what goes on", actions()),
                        Numeral.shown("mismatches", SECTORS, "that a check has found"),
                        Numeral.shown("data_offset", SECTORS, "where the data begins on each device"),
                        Word.shown("journal", "A writethrough, a writeback, D failed, - none"))
                .message("check", "compare the copies or the parity")
                .message("repair", "compare and correct")
                .message("resync", "begin or go on with a resync")
                .message("recover", "begin or go on with a recovery")
                .message("frozen", "stop what goes on")
                .message("idle", "end what goes on")
                .notChecked(
                        "the superblocks on the metadata devices, which blank devices get",
                        "Unable to assemble array: Invalid superblocks",
                        "Insufficient redundancy to activate array")
                .notChecked(
                        "whether a conversion (delta_disks, data_offset, another type) is possible",
                        "Reshape check failed")
                .example("0 2097152 raid raid1 3 0 region_size 1024 2 /dev/a_meta /dev/a /dev/b_meta /dev/b")
                .build();
    }

    private static String[] actions() {
        return new String[] {"idle", "frozen", "resync", "recover", "check", "repair", "reshape", "undef"};
    }

    private static Arg metadata() {
        return Device.of("metadata", "superblock and bitmap", "RAID metadata device lookup failure")
                .missing("Unknown error")
                .or("-");
    }

    private static Arg data() {
        return Device.of("data", "the data", "RAID device lookup failure")
                .missing("Unknown error")
                .or("-");
    }

    // ---- rules ----

    /// The constructor looks at it before the parameters, which stand before it.
    private static void deviceCount(Line line) throws TargetException {
        final int parameters = RaidOptions.parameters(line);
        if (parameters < 0 || parameters > line.remaining() - 1) {
            return; // the parameters' own error
        }
        final int at = 2 + parameters;
        final int disks = RaidOptions.disks(line);
        final int most = Math.max(0, (line.remaining() - 1 - parameters - 1) / 2);
        if (disks < 1 || disks > most) {
            throw new TargetException(COUNT, TargetException.EINVAL, at);
        }
        if (disks > MAX_DEVICES) {
            throw new TargetException("Invalid number of supplied raid devices", TargetException.EINVAL, at);
        }
        if (disks <= RaidOptions.level(line).parityDevices()) {
            throw new TargetException("Insufficient number of devices", TargetException.EINVAL, at);
        }
    }

    private static void sync(Line line) throws TargetException {
        if (line.has("sync") && line.has("nosync")) {
            throw line.bad("sync and nosync are mutually exclusive", "nosync");
        }
        if (line.has("rebuild") && (line.has("sync") || line.has("nosync"))) {
            throw line.bad("sync/nosync and rebuild are mutually exclusive", "rebuild");
        }
    }

    private static void rates(Line line) throws TargetException {
        if (line.count("write_mostly") >= RaidOptions.disks(line)) {
            throw line.bad("Can't set all raid1 devices to write_mostly", "write_mostly");
        }
        final long max = line.number("max_recovery_rate", 0);
        if (max != 0 && line.number("min_recovery_rate", 0) > max) {
            throw line.bad("Bogus recovery rates", "min_recovery_rate");
        }
    }

    private static void region(Line line) throws TargetException {
        // An unsigned int there: a negative number is a large one.
        final long region = line.number("region_size", 0) & 0xffff_ffffL;
        if (region == 0 || RaidOptions.level(line).level() == 0) {
            return;
        }
        if (region > line.lenSectors()) {
            throw line.bad("Supplied region size is too large", "region_size");
        }
        if (region < line.lenSectors() / REGIONS) {
            throw line.bad("Supplied region size is too small", "region_size");
        }
        if (Long.bitCount(region) != 1) {
            throw line.bad("Region size is not a power of 2", "region_size");
        }
        if (RaidOptions.level(line).level() != 1 && region < line.number("chunk_size", 0)) {
            throw line.bad("Region size is smaller than the chunk size", "region_size");
        }
    }

    private static void raid10(Line line) throws TargetException {
        if (RaidOptions.level(line).level() != 10) {
            return;
        }
        if (line.number("raid10_copies", 2) > RaidOptions.disks(line)) {
            throw new TargetException("Not enough devices to satisfy specification", TargetException.EINVAL, -1);
        }
        final String format = line.word("raid10_format");
        if (line.has("raid10_use_near_sets") && (format.isEmpty() || format.equalsIgnoreCase("near"))) {
            throw line.bad("RAID10 format 'near' and 'raid10_use_near_sets' are incompatible", "raid10_use_near_sets");
        }
    }

    private static void levelParameters(Line line) throws TargetException {
        final Set<String> taken = valid(RaidOptions.level(line).level());
        for (Field field : line.fields()) {
            if (!Set.of("raid_type", "chunk_size").contains(field.name()) && !taken.contains(field.name())) {
                throw line.bad("Invalid flags combination", field.name());
            }
        }
    }

    private static Set<String> valid(int level) {
        return switch (level) {
            case 0 -> Set.of("data_offset");
            case 1 ->
                Set.of(
                        "sync",
                        "nosync",
                        "rebuild",
                        "write_mostly",
                        "daemon_sleep",
                        "min_recovery_rate",
                        "max_recovery_rate",
                        "max_write_behind",
                        "region_size",
                        "delta_disks",
                        "data_offset");
            case 10 ->
                Set.of(
                        "sync",
                        "nosync",
                        "rebuild",
                        "daemon_sleep",
                        "min_recovery_rate",
                        "max_recovery_rate",
                        "region_size",
                        "raid10_copies",
                        "raid10_format",
                        "delta_disks",
                        "data_offset",
                        "raid10_use_near_sets");
            case 5 -> parity("nosync");
            default -> parity("sync");
        };
    }

    /// raid6 takes no nosync: its parity would not be written by any write.
    private static Set<String> parity(String nosync) {
        final Set<String> taken = new HashSet<>(Set.of(
                "sync",
                "rebuild",
                "daemon_sleep",
                "min_recovery_rate",
                "max_recovery_rate",
                "stripe_cache",
                "region_size",
                "delta_disks",
                "data_offset",
                "journal_dev",
                "journal_mode"));
        taken.add(nosync);
        return taken;
    }

    private static List<List<Field>> rows(Line line) {
        return line.all("device").getFirst().value() instanceof Value.Rows rows ? rows.rows() : List.of();
    }

    private static boolean there(Field field) {
        return field.value() instanceof Value.Dev;
    }

    private static void pairs(Line line) throws TargetException {
        final List<List<Field>> rows = rows(line);
        for (int i = 0; i < rows.size(); i++) {
            final Field metadata = rows.get(i).get(0);
            final Field data = rows.get(i).get(1);
            if (there(data)) {
                continue;
            }
            final Value index = new Value.Num(i, true);
            if (line.all("rebuild").stream().anyMatch(f -> f.value().equals(index))) {
                throw new TargetException(
                        "Drive designated for rebuild not specified", TargetException.EINVAL, data.argument());
            }
            if (there(metadata)) {
                throw new TargetException(
                        "No data device supplied with metadata device", TargetException.EINVAL, data.argument());
            }
        }
    }

    private static void length(Line line) throws TargetException {
        final RaidLevel level = RaidOptions.level(line);
        final long disks = RaidOptions.disks(line);
        final long copies = level.level() == 10 ? line.number("raid10_copies", 2) : 1;
        if (level.level() == 10 && line.number("delta_disks", 0) < 0) {
            throw line.bad("Bogus raid10 data copies or delta disks", "delta_disks");
        }
        final long over = level.level() == 1 ? 1 : disks - level.parityDevices();
        if (line.lenSectors() * copies % over != 0) {
            throw new TargetException(
                    "Target length not divisible by number of data devices", TargetException.EINVAL, -1);
        }
        line.eachDevice("data", (device, argument) -> {
            if (device.sizeSectors() < line.lenSectors() * copies / over) {
                throw new TargetException("Component device(s) too small", TargetException.EINVAL, argument);
            }
        });
    }

    private static void runs(Line line) throws TargetException {
        final RaidLevel level = RaidOptions.level(line);
        final List<List<Field>> rows = rows(line);
        final long data = rows.stream().filter(r -> there(r.get(1))).count();
        final long superblocks = rows.stream().filter(r -> there(r.get(0))).count();
        if (data == 0) {
            throw new TargetException("Invalid rdev size", TargetException.EINVAL, -1);
        }
        final boolean enough = switch (level.level()) {
            case 6 -> rows.size() >= 4 && rows.size() - data <= 2;
            case 5 -> rows.size() - data <= 1;
            case 10 -> superblocks > 0;
            case 0 -> data == rows.size();
            default -> true;
        };
        if (!enough) {
            throw new TargetException("Failed to run raid array", TargetException.EINVAL, -1);
        }
    }

    /// @kernel drivers/md/dm-raid.c `rs_set_raid456_stripe_cache` drivers/md/raid5.c `raid5_set_cache_size`
    private static void stripeCache(Line line) throws TargetException {
        if (!RaidOptions.level(line).parity()) {
            return;
        }
        final long stripes = Math.max(line.number("stripe_cache", STRIPES), line.number("chunk_size", 0) / 2);
        if (stripes < MIN_STRIPES || stripes > MAX_STRIPES) {
            throw line.bad("Failed to set raid4/5/6 stripe cache size", "stripe_cache");
        }
    }
}
