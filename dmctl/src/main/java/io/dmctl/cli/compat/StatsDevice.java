package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmStatsArea;
import io.dmctl.bindings.control.DmStatsGroup;
import io.dmctl.bindings.control.DmStatsMessage;
import io.dmctl.bindings.control.DmStatsRegion;
import io.dmctl.bindings.control.DmStatsSpec;
import io.dmctl.bindings.control.DmTask;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The statistics of one device: its regions and groups as they were when they were last listed, and what is done to
/// them.
final class StatsDevice {
    /// Whose regions they are unless one says otherwise.
    static final String PROGRAM = "dmstats";

    private static final int MESSAGE_BYTES = 1024;

    private final Host host;
    private final Target target;
    private final TreeMap<Long, DmStatsRegion> regions = new TreeMap<>();
    private final TreeMap<Long, DmStatsGroup> groups = new TreeMap<>();
    private final Map<Long, List<DmStatsArea>> areas = new HashMap<>();
    private @Nullable String name;

    /// Whose regions are listed and made where nobody is named; `""`: anybody's and nobody's.
    String program = PROGRAM;

    /// Gives the device; also the reason why there is none is told only when it is asked for.
    private interface Target {
        Device device() throws Failed;
    }

    private StatsDevice(Host host, Target target) {
        this.host = host;
        this.target = target;
    }

    static StatsDevice of(Host host, Device device) {
        return new StatsDevice(host, () -> device);
    }

    /// The device that the command line means. A number goes before a uuid, and that before a name.
    static StatsDevice of(Host host, @Nullable String word) {
        final boolean byOption = host.switches.has(Opt.MAJOR) || host.switches.has(Opt.UUID);
        final int major = host.switches.number(Opt.MAJOR);
        return new StatsDevice(host, () -> {
            if (!host.switches.has(Opt.MAJOR)) {
                return host.messaged(byOption ? null : word);
            }
            if (major <= 0) {
                throw host.shell.failed("Stats handle at (nil) is not bound.");
            }
            return Device.numbered(major, host.switches.number(Opt.MINOR));
        });
    }

    /// A message that is not too long.
    private String fitting(String text) throws Failed {
        if (text.getBytes(StandardCharsets.UTF_8).length >= MESSAGE_BYTES) {
            final String verb = text.substring(0, text.indexOf(' '));
            throw host.shell.failed(
                    verb.equals("@stats_list")
                            ? "Failed to prepare stats message."
                            : "Could not prepare " + verb + " message" + (verb.equals("@stats_create") ? "." : ""));
        }
        return text;
    }

    private String message(String text) throws Failed {
        final Device device = target.device();
        return host.kernel
                .byItself(() -> host.kernel.runOrLeave("message", device, id -> new DmTask.TargetMessage(id, 0, text)))
                .orElse("");
    }

    /// Reads the regions of a program, of all programs for `""`.
    void list(String ofProgram) throws Failed {
        final String answer;
        try {
            if (name == null) {
                name = readName();
            }
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
        regions.clear();
        groups.clear();
        areas.clear();
        final String asked = fitting(DmStatsMessage.list(ofProgram));
        try {
            answer = message(asked);
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
        try {
            DmStatsRegion.parseList(answer).forEach(region -> regions.put(region.id(), region));
        } catch (IllegalArgumentException e) {
            throw host.shell.failed("Could not parse @stats_list response.");
        }
        for (DmStatsRegion region : List.copyOf(regions.values())) {
            if (!region.boundsNs().isEmpty()) {
                host.shell.debug(
                        "Added region histogram spec with %s entries.",
                        region.boundsNs().size() + 1);
            }
            if (DmStatsGroup.isIn(region.auxData())) {
                readGroup(region);
            }
        }
        walkGroups();
    }

    /// libdm looks whether the members of groups are there.
    private void walkGroups() {
        if (!regions.isEmpty()) {
            walk("4000000000000", "  GROUP ");
        }
    }

    private String readName() throws Failed {
        try {
            final Device device = target.device();
            return host.kernel.byItself(() -> {
                final DmDeviceInfo state = host.kernel.find("info", device, id -> new DmTask.DevStatus(id, false));
                return state == null ? "" : host.info(state).name();
            });
        } catch (Failed e) {
            throw host.shell.failed("Could not retrieve device-mapper name for device.");
        }
    }

    private void readGroup(DmStatsRegion region) {
        try {
            final DmStatsGroup group = DmStatsGroup.parse(region.auxData(), region.id());
            host.shell.debug("Read alias '%s' from aux_data", group.alias());
            host.shell.debug("Found group_id %s: alias=\"%s\"", group.id(), group.alias());
            groups.put(region.id(), group);
            regions.put(region.id(), region.withAuxData(group.userData()));
        } catch (IllegalArgumentException e) {
            host.shell.error(String.valueOf(e.getMessage()));
            // libdm has cut the word there.
            final String read = region.auxData().split(":", 2)[0];
            host.shell.error(
                    "Failed to parse group descriptor from region_id " + region.id() + " aux_data:'" + read + "'");
            regions.put(region.id(), region.withAuxData(read));
        }
    }

    /// Lists the regions, reads their counters and sets them to 0. False when there are none, or one went meanwhile.
    boolean populate(String ofProgram) {
        try {
            list(ofProgram);
        } catch (Failed e) {
            host.shell.error("Could not parse @stats_list response.");
            return false;
        }
        try {
            if (!regions.isEmpty()) {
                host.shell.debug("starting stats walk with  REGION  ");
            }
            for (DmStatsRegion region : List.copyOf(regions.values())) {
                populate(region);
            }
        } catch (Failed e) {
            // Of the function that asks for a region's counters, and of its caller.
            host.shell.backtrace();
            host.shell.backtrace();
            return false;
        }
        if (regions.isEmpty()) {
            host.shell.debug("No stats regions registered: %s", name());
        }
        return !regions.isEmpty();
    }

    /// libdm's words for going over regions, areas and groups.
    void walk(String flags, String what) {
        host.shell.debug("dm_stats_walk_init: initialised flags to %s", flags);
        host.shell.debug("starting stats walk with %s", what);
    }

    /// Of the regions alone.
    void walkRegions() {
        walk("2000000000000", " REGION  ");
    }

    private void populate(DmStatsRegion region) throws Failed {
        final String answer = message(DmStatsMessage.printClear(region.id()));
        try {
            final List<DmStatsArea> read = DmStatsArea.parse(answer, region.nsPerTick());
            final DmStatsArea first = read.getFirst();
            final DmStatsArea last = read.getLast();
            final long end = last.startSectors() + last.lenSectors();
            // A part of an area at the end counts as a whole one from now on.
            regions.put(
                    region.id(),
                    region.withExtent(first.startSectors(), end - first.startSectors(), first.lenSectors()));
            areas.put(region.id(), read);
            for (int i = 0; !region.boundsNs().isEmpty() && i < read.size(); i++) {
                host.shell.debug(
                        "Added region histogram data with %s entries.",
                        region.boundsNs().size() + 1);
            }
        } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
            host.shell.error("Could not parse @stats_print row.");
            throw host.shell.failed("Could not parse @stats_print message response.");
        }
    }

    /// The name that the device had when its regions were listed.
    String name() {
        return name == null ? "" : name;
    }

    /// The regions that were listed, by their numbers.
    List<DmStatsRegion> regions() {
        return List.copyOf(regions.values());
    }

    /// Null when no such region was listed.
    @Nullable
    DmStatsRegion region(long id) {
        return regions.get(id);
    }

    /// The highest number of a region, 0 without one.
    long lastId() {
        return regions.isEmpty() ? 0 : regions.lastKey();
    }

    List<DmStatsGroup> groups() {
        return List.copyOf(groups.values());
    }

    @Nullable
    DmStatsGroup group(long id) {
        return groups.get(id);
    }

    /// The group that a region is in; null without one.
    @Nullable
    DmStatsGroup groupOf(long region) {
        for (DmStatsGroup group : groups.values()) {
            if (group.members().get(Math.toIntExact(region))) {
                return group;
            }
        }
        return null;
    }

    /// The regions of a group that were listed.
    List<DmStatsRegion> members(DmStatsGroup group) {
        return group.members().stream()
                .mapToObj(i -> regions.get((long) i))
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    /// The counters that were read, of all areas of a region.
    List<DmStatsArea> areas(long region) {
        return areas.getOrDefault(region, List.of());
    }

    /// Makes a region and answers its number.
    long create(DmStatsSpec spec) throws Failed {
        final String asked = fitting(DmStatsMessage.create(spec));
        try {
            final Long id = Numbers.u64(message(asked).strip());
            if (id == null) {
                throw new Failed();
            }
            return id;
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
    }

    void clear(long region) throws Failed {
        try {
            message(DmStatsMessage.clear(region));
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
    }

    /// The kernel's own lines about a region. `clear`: the counters are 0 thereafter.
    String print(long region, boolean clear) throws Failed {
        try {
            return message(clear ? DmStatsMessage.printClear(region) : DmStatsMessage.print(region));
        } catch (Failed e) {
            host.shell.backtrace();
            throw host.shell.backtrace(e);
        }
    }

    /// Deletes a region that may be in a group.
    void delete(long region) throws Failed {
        if (regions.isEmpty()) {
            try {
                list(program);
            } catch (Failed e) {
                throw host.shell.failed(
                        "Could not obtain region list while deleting region ID " + Long.toUnsignedString(region));
            }
        }
        if (regions.isEmpty()) {
            throw host.shell.failed(
                    "Could not delete region ID " + Long.toUnsignedString(region) + ": no regions found");
        }
        if (!regions.containsKey(region)) {
            throw host.shell.failed("Region ID " + Long.toUnsignedString(region) + " does not exist");
        }
        deleteListed(region);
    }

    /// As [#delete], of a region that is there.
    void deleteListed(long region) throws Failed {
        final DmStatsGroup group = groupOf(region);
        if (group != null) {
            try {
                leave(group, region);
            } catch (Failed e) {
                throw host.shell.failed("Could not remove region ID " + region + " from group ID " + group.id());
            }
        }
        try {
            message(DmStatsMessage.delete(region));
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
        regions.remove(region);
    }

    /// The group goes with its first member.
    private void leave(DmStatsGroup group, long region) throws Failed {
        if (region == group.id()) {
            groups.remove(region);
        } else {
            final BitSet members = group.members();
            members.clear(Math.toIntExact(region));
            groups.put(group.id(), new DmStatsGroup(group.alias(), members, group.userData()));
        }
        keep(group.id());
    }

    /// Makes a group of regions that are there and in none.
    void join(BitSet members, String alias) throws Failed {
        final long id = members.nextSetBit(0);
        final DmStatsRegion first = regions.get(id);
        groups.put(id, new DmStatsGroup(alias, members, first == null ? "" : first.auxData()));
        try {
            keep(id);
        } catch (Failed e) {
            groups.remove(id);
            throw e;
        }
    }

    /// Makes the regions of a group single ones; `deleted`: deletes them.
    void disband(DmStatsGroup group, boolean deleted) throws Failed {
        final BitSet members = group.members();
        for (int i = members.length() - 1; deleted && i > group.id(); i = members.previousSetBit(i - 1)) {
            try {
                delete(i);
            } catch (Failed e) {
                host.shell.error("WARNING: Failed to delete region " + i + " on " + name() + ".");
            }
        }
        groups.remove(group.id());
        if (deleted) {
            delete(group.id());
        } else {
            keep(group.id());
        }
    }

    /// Adds regions to a group that is there.
    void extend(DmStatsGroup group, BitSet members) throws Failed {
        groups.put(group.id(), new DmStatsGroup(group.alias(), members, group.userData()));
        keep(group.id());
    }

    /// Writes to a region what is known of its group and its user's word.
    private void keep(long region) throws Failed {
        final DmStatsGroup group = groups.get(region);
        final DmStatsRegion known = regions.get(region);
        final String word = known == null || known.auxData().isEmpty() ? "-" : known.auxData();
        final String asked = fitting(DmStatsMessage.setAux(region, group == null ? word : group.auxData()));
        try {
            message(asked);
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
    }
}
