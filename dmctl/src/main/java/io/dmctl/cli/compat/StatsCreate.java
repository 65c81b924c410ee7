package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmStatsSpec;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `create` of dmstats: regions over devices.
final class StatsCreate {
    private final Host host;
    private final Shell shell;
    private final Switches switches;
    private final DeviceReport report;

    StatsCreate(Host host, DeviceReport report) {
        this.host = host;
        this.shell = host.shell;
        this.switches = host.switches;
        this.report = report;
    }

    void run(@Nullable String word) throws Failed {
        report.drop();
        if (switches.has(Opt.ALLREGIONS)) {
            throw shell.failed("Cannot use --allregions with create.");
        }
        if (switches.has(Opt.ALLPROGRAMS)) {
            throw shell.failed("Cannot use --allprograms with create.");
        }
        if (switches.has(Opt.AREAS) && switches.has(Opt.AREASIZE)) {
            throw shell.failed("Please specify one of --areas and --areasize.");
        }
        if (switches.value(Opt.PROGRAMID, "-").isEmpty() && !switches.has(Opt.FORCE)) {
            throw shell.failed("Creating a region with no program id requires --force.");
        }
        if (switches.has(Opt.FILEMAP)) {
            new StatsFilemap(host).create(word);
            return;
        }
        Stats.requireNamed(host, word);
        if (Stats.isForAll(host, word)) {
            host.each(device -> create(device.name()));
        } else {
            create(word);
        }
    }

    /// A size on the command line, in sectors.
    private long sectors(Opt opt, String what) throws Failed {
        final String text = switches.value(opt);
        if (text == null) {
            return 0;
        }
        final Long bytes = SizeUnits.bytesOf(text);
        if (bytes == null) {
            throw shell.backtrace(shell.failed("Invalid " + what + " argument: \"" + text + "\""));
        }
        return Long.divideUnsigned(bytes, Units.SECTOR_BYTES);
    }

    /// Areas below 0: their number; else their length in sectors.
    private long step() throws Failed {
        final String size = switches.value(Opt.AREASIZE);
        if (size != null) {
            final Long bytes = SizeUnits.bytesOf(size);
            if (bytes == null) {
                throw shell.backtrace(shell.failed("Invalid areasize argument: \"" + size + "\""));
            }
            if (bytes != 0) {
                return bytes / Units.SECTOR_BYTES;
            }
        }
        final long areas = switches.number(Opt.AREAS);
        return areas == 0 ? -1 : -areas;
    }

    private void create(@Nullable String word) throws Failed {
        final long step = step();
        final long start = sectors(Opt.START, "start");
        final long len = sectors(Opt.LENGTH, "length");
        final StatsDevice device = StatsDevice.of(host, word);
        if (switches.has(Opt.ALIAS) && switches.has(Opt.NOGROUP)) {
            throw shell.failed("Cannot set alias with --nogroup.");
        }
        final String bounds = switches.value(Opt.BOUNDS);
        final List<Long> boundsNs = bounds == null ? List.of() : bounds(bounds);
        final DmStatus table = host.kernel.runOrLeave(
                "table", host.device(word), id -> new DmTask.TableStatus(id, Kind.TABLE, false, false));
        final String name = host.info(table.info()).name();
        final List<Long> made = new ArrayList<>();
        if (switches.has(Opt.SEGMENTS) && !table.lines().isEmpty()) {
            for (DmStatusLine line : table.lines()) {
                made.add(region(device, name, spec(line.startSector(), line.lenSectors(), step, boundsNs)));
            }
        } else {
            final long whole =
                    table.lines().stream().mapToLong(DmStatusLine::lenSectors).sum();
            final long from = switches.has(Opt.SEGMENTS) ? 0 : start;
            made.add(region(device, name, spec(from, len == 0 ? whole : len, step, boundsNs)));
        }
        if (switches.has(Opt.SEGMENTS) && !switches.has(Opt.NOGROUP)) {
            group(device, made);
        }
    }

    private List<Long> bounds(String bounds) throws Failed {
        try {
            return Bounds.parse(bounds, shell);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private DmStatsSpec spec(long start, long len, long step, List<Long> boundsNs) {
        return new DmStatsSpec(
                start,
                len,
                step < 0 ? -step : 0,
                Math.max(step, 0),
                switches.has(Opt.PRECISE),
                boundsNs,
                switches.value(Opt.PROGRAMID, StatsDevice.PROGRAM),
                switches.value(Opt.USERDATA, ""));
    }

    private long region(StatsDevice device, String name, DmStatsSpec spec) throws Failed {
        final long id;
        try {
            id = device.create(fitting(spec, shell));
        } catch (Failed e) {
            throw shell.failed(name + ": Could not create statistics region.");
        }
        shell.print(name + ": Created new region with " + areas(spec) + " area(s) as region ID " + id);
        return id;
    }

    /// With times in nanoseconds where a bound asks for them.
    static DmStatsSpec fitting(DmStatsSpec spec, Shell shell) throws Failed {
        final boolean precise = arePrecise(spec, shell) || spec.precise();
        return new DmStatsSpec(
                spec.startSectors(),
                spec.lenSectors(),
                spec.areas(),
                spec.areaSectors(),
                precise,
                spec.boundsNs(),
                spec.programId(),
                spec.auxData());
    }

    private static boolean arePrecise(DmStatsSpec spec, Shell shell) throws Failed {
        try {
            return Bounds.arePrecise(spec.boundsNs(), shell);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private static String areas(DmStatsSpec spec) {
        final long len = spec.lenSectors();
        if (len == 0 || (spec.areas() == 0 && spec.areaSectors() == 0)) {
            return "1";
        }
        return Long.toUnsignedString(
                spec.areas() != 0 ? spec.areas() : Long.divideUnsigned(len - 1, spec.areaSectors()) + 1);
    }

    private void group(StatsDevice device, List<Long> made) throws Failed {
        final String regions =
                String.join(",", made.stream().map(String::valueOf).toList());
        final String alias = switches.value(Opt.ALIAS);
        device.list(device.program);
        final long id;
        try {
            id = new StatsGrouping(shell, device).group(regions, alias == null ? "" : alias);
        } catch (Failed e) {
            throw shell.failed("Failed to create group for regions " + regions + ".");
        }
        shell.print(
                "Grouped regions " + regions + " as group ID " + id + (alias == null ? "" : " with alias " + alias));
    }
}
