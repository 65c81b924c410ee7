package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmStatsGroup;
import io.dmctl.bindings.control.DmStatsRegion;
import io.dmctl.bindings.control.DmStatsSpec;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileExtents;
import io.dmctl.bindings.sys.FileIdentity;
import io.dmctl.bindings.sys.OpenFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Regions over the places of a file on the device of its file system: `create --filemap` and `update_filemap`.
final class StatsFilemap {
    private final Host host;
    private final Shell shell;
    private final Switches switches;

    StatsFilemap(Host host) {
        this.host = host;
        this.shell = host.shell;
        this.switches = host.switches;
    }

    /// A place of a file, in sectors.
    private record Place(long start, long len) {
        boolean isOf(DmStatsRegion region) {
            return region.startSectors() == start && region.lenSectors() == len;
        }
    }

    private interface OnFile {
        void run(Fd file, StatsDevice device) throws Failed;
    }

    void create(@Nullable String word) throws Failed {
        requireFitting();
        final String path = path(word, "--filemap requires a file path argument");
        final String real = real(path);
        final String bounds = switches.value(Opt.BOUNDS);
        final List<Long> boundsNs = bounds == null ? List.of() : Bounds.parse(bounds, shell);
        final String mode = mode();
        final boolean groups = !switches.has(Opt.NOGROUP);
        onFile(real, (file, device) -> {
            if (!groups && switches.has(Opt.ALIAS)) {
                throw shell.failed("Cannot set alias with --nogroup.");
            }
            final List<Long> made = orSay("Could not create regions from file " + real + ".", () -> {
                final DmStatsSpec like = spec(device, switches.has(Opt.PRECISE), boundsNs);
                final List<Long> ids = map(device, places(file, real), like);
                if (groups) {
                    group(device, ids, switches.value(Opt.ALIAS, real.substring(real.lastIndexOf('/') + 1)));
                }
                return ids;
            });
            final boolean monitored = groups && !switches.has(Opt.NOMONITOR) && monitored(real, made.getFirst(), mode);
            if (monitored && switches.has(Opt.FOREGROUND)) {
                // dmstats has become the daemon, and tells nothing of its own.
                return;
            }
            if (groups) {
                shell.print(path + ": Created new group with " + made.size() + " region(s) as group ID "
                        + made.getFirst() + ".");
            } else {
                made.forEach(id -> shell.print(path + ": Created new region with 1 area as region ID " + id + "."));
            }
        });
    }

    void update(@Nullable String word) throws Failed {
        requireFitting();
        final String path = path(word, "update_filemap requires a file path argument");
        if (!switches.has(Opt.GROUPID)) {
            throw shell.failed("--groupid is required to update a filemap group.");
        }
        final String real = real(path);
        final long group = switches.number(Opt.GROUPID);
        final String mode = mode();
        onFile(real, (file, device) -> {
            if (!switches.has(Opt.NOMONITOR) && monitored(real, group, mode)) {
                return;
            }
            final List<Long> ids =
                    orSay("Could not update regions from file " + real, () -> remap(device, group, places(file, real)));
            if (ids.getFirst() != group) {
                shell.out().print("Group ID changed from " + Long.toUnsignedString(group) + " to " + ids.getFirst());
            }
            shell.print(path + ": Updated group ID " + ids.getFirst() + " with " + ids.size() + " region(s).");
        });
    }

    private void requireFitting() throws Failed {
        String wrong = "";
        if (switches.has(Opt.AREAS) || switches.has(Opt.AREASIZE)) {
            wrong = "--filemap is incompatible with --areas and --area-size.";
        } else if (switches.has(Opt.START) || switches.has(Opt.LENGTH)) {
            wrong = "--filemap is incompatible with --start and --length.";
        } else if (switches.has(Opt.SEGMENTS)) {
            wrong = "--filemap and --segments are incompatible.";
        } else if (switches.has(Opt.USERDATA)) {
            wrong = "--userdata is not yet supported with --filemap.";
        } else if (switches.has(Opt.UUID) || switches.has(Opt.MAJOR)) {
            wrong = "--uuid and --major are incompatible with --filemap.";
        } else if (switches.has(Opt.ALLDEVICES)) {
            wrong = "--alldevices is incompatible with --filemap.";
        }
        if (!wrong.isEmpty()) {
            throw shell.failed(wrong);
        }
    }

    private String path(@Nullable String word, String missing) throws Failed {
        if (word == null) {
            throw shell.failed(missing);
        }
        if (shell.isReplayed()) {
            throw shell.failed("dmctl: --replay: where a file lies is in no record");
        }
        return word;
    }

    private String real(String path) throws Failed {
        try {
            if (!path.isEmpty()) {
                return Path.of(path).toRealPath().toString();
            }
        } catch (IOException | InvalidPathException e) {
            // It is told below, without the reason.
        }
        throw shell.failed("Could not canonicalize file name: " + path);
    }

    /// How the file is to be followed; `""`: not at all.
    private String mode() throws Failed {
        final boolean none = switches.has(Opt.NOMONITOR) || switches.has(Opt.NOGROUP);
        final String mode = none ? "" : switches.value(Opt.FOLLOW, "inode");
        if (!none && !mode.equals("inode") && !mode.equals("path")) {
            throw shell.failed("Could not parse dmfilemapd mode: " + mode);
        }
        if (mode.isEmpty() && !switches.has(Opt.NOMONITOR)) {
            // --nogroup alone fails without a word.
            throw new Failed();
        }
        return mode;
    }

    private void onFile(String real, OnFile action) throws Failed {
        try (Fd file = Fd.open(real, OpenFlags.RDONLY)) {
            final StatsDevice device = StatsDevice.of(
                    host, Device.numbered(FileIdentity.of(file.number()).dev()));
            if (switches.value(Opt.PROGRAMID, "-").isEmpty() && switches.has(Opt.FORCE)) {
                device.program = "";
            }
            action.run(file, device);
        } catch (ErrnoException e) {
            throw shell.failed("Could not open " + real + " for reading");
        }
    }

    private interface Step {
        List<Long> run() throws Failed;
    }

    private List<Long> orSay(String failure, Step step) throws Failed {
        try {
            return step.run();
        } catch (Failed e) {
            throw shell.failed(failure);
        }
    }

    /// Where the file lies: parts that follow each other on the device are one place.
    private List<Place> places(Fd file, String real) throws Failed {
        final List<Place> places = new ArrayList<>();
        try {
            requireMapped(FileIdentity.of(file.number()), real);
            FileExtents.Extent place = null;
            long end = 0;
            for (FileExtents.Extent extent : FileExtents.of(file.number())) {
                if (place != null && extent.physical() == end) {
                    place = new FileExtents.Extent(place.logical(), place.physical(), place.length() + extent.length());
                } else {
                    add(places, place);
                    place = extent;
                }
                end = extent.physical() + extent.length();
            }
            add(places, place);
        } catch (ErrnoException e) {
            throw new Failed();
        }
        if (places.isEmpty()) {
            throw shell.failed("Cannot map file: no allocated extents.");
        }
        return places;
    }

    private static void add(List<Place> places, FileExtents.@Nullable Extent place) {
        if (place != null) {
            places.add(new Place(place.physical() / Units.SECTOR_BYTES, place.length() / Units.SECTOR_BYTES));
        }
    }

    private void requireMapped(FileIdentity file, String real) throws Failed {
        if (isBtrfs(real)) {
            throw shell.failed("Cannot map file: btrfs does not provide physical FIEMAP extent data.");
        }
        if (!file.isRegularFile()) {
            throw shell.failed("Not a regular file");
        }
        final Devno device = file.dev();
        if (device.major() != host.dmMajor()) {
            throw shell.failed("Cannot map file: not a device-mapper device.");
        }
    }

    private static boolean isBtrfs(String real) {
        try {
            return Files.getFileStore(Path.of(real)).type().equals("btrfs");
        } catch (IOException e) {
            return false;
        }
    }

    private DmStatsSpec spec(StatsDevice device, boolean precise, List<Long> boundsNs) throws Failed {
        return StatsCreate.fitting(new DmStatsSpec(0, 0, 1, 0, precise, boundsNs, device.program, ""), shell);
    }

    private List<Long> map(StatsDevice device, List<Place> places, DmStatsSpec like) throws Failed {
        final List<Long> ids = new ArrayList<>();
        for (Place place : places) {
            try {
                ids.add(device.create(at(place, like)));
            } catch (Failed e) {
                shell.error("Failed to create region " + ids.size() + " of " + places.size() + " at " + place.start()
                        + ".");
                undo(device, ids);
                throw e;
            }
        }
        return ids;
    }

    private static DmStatsSpec at(Place place, DmStatsSpec like) {
        return new DmStatsSpec(place.start(), place.len(), 1, 0, like.precise(), like.boundsNs(), like.programId(), "");
    }

    private void undo(StatsDevice device, List<Long> ids) throws Failed {
        device.list(device.program);
        for (long id : ids) {
            device.deleteListed(id);
        }
    }

    private void group(StatsDevice device, List<Long> ids, String alias) throws Failed {
        device.list(device.program);
        final BitSet members = new BitSet();
        ids.forEach(id -> members.set(Math.toIntExact(id)));
        try {
            new StatsGrouping(shell, device).joined(members, alias);
        } catch (Failed e) {
            undo(device, ids);
            throw e;
        }
    }

    /// Deletes the regions of a group where the file is no more, and makes those where it is new.
    private List<Long> remap(StatsDevice device, long id, List<Place> places) throws Failed {
        device.list(device.program);
        final DmStatsGroup group = device.group(id);
        final DmStatsRegion leader = device.region(id);
        if (group == null || leader == null) {
            throw shell.failed("Group ID " + Long.toUnsignedString(id) + " does not exist.");
        }
        final DmStatsSpec like = spec(device, leader.precise(), leader.boundsNs());
        final List<DmStatsRegion> kept = new ArrayList<>();
        for (DmStatsRegion region : device.members(group).reversed()) {
            if (places.stream().anyMatch(place -> place.isOf(region))) {
                kept.add(region);
            } else {
                device.deleteListed(region.id());
            }
        }
        final List<Long> ids = new ArrayList<>();
        final BitSet members = new BitSet();
        for (Place place : places) {
            final long region = kept.stream()
                    .filter(place::isOf)
                    .findFirst()
                    .map(DmStatsRegion::id)
                    .orElse(-1L);
            ids.add(region >= 0 ? region : device.create(at(place, like)));
            members.set(Math.toIntExact(ids.getLast()));
        }
        if (kept.contains(leader)) {
            device.extend(group, members);
        } else {
            group(device, ids, group.alias());
        }
        return ids;
    }

    /// Starts the daemon that follows the file; in the foreground it has ended thereafter. False: it could not, and
    /// has said so.
    private boolean monitored(String real, long group, String mode) throws Failed {
        final boolean foreground = switches.has(Opt.FOREGROUND);
        if (!FilemapDaemon.isInstalled(shell)) {
            shell.error("dmfilemapd: execvp failed: No such file or directory");
            if (foreground) {
                shell.error("Failed to start filemap monitoring daemon.");
            }
            // A daemon in the background is not waited for: that it is not there is no failure.
            return !foreground;
        }
        FilemapDaemon.start(shell, real, group, mode, foreground, switches.count(Opt.VERBOSE));
        return true;
    }
}
