package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmStatsGroup;
import io.dmctl.bindings.control.DmStatsRegion;
import org.jspecify.annotations.Nullable;

/// dmstats: one of its commands for one device or for all.
final class Stats {
    private final Host host;
    private final Shell shell;
    private final Switches switches;
    private final @Nullable StatsVerb verb;
    private final DeviceReport report;
    private final Showing showing;
    private final ProgramUsage usage;

    /// What is done with a device, as [StatsDevice#of] finds it.
    private interface Action {
        void run(@Nullable String word) throws Failed;
    }

    /// `verb`: null for a word that is no command.
    Stats(Host host, @Nullable StatsVerb verb, DeviceReport report, Showing showing, ProgramUsage usage) {
        this.host = host;
        this.shell = host.shell;
        this.switches = host.switches;
        this.verb = verb;
        this.report = report;
        this.showing = showing;
        this.usage = usage;
    }

    /// `word`: what the command is given; null without one.
    void run(@Nullable String word) throws Failed {
        if (verb == null) {
            shell.error("Unknown stats command.");
            help();
            throw new Failed();
        }
        requireFitting();
        try {
            run(verb, word);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private void run(StatsVerb wanted, @Nullable String word) throws Failed {
        switch (wanted) {
            case HELP -> help();
            case VERSION -> new Targets(host).versions();
            case LIST, REPORT -> report(word);
            case CREATE -> new StatsCreate(host, report).run(word);
            case UPDATE_FILEMAP -> new StatsFilemap(host).update(word);
            case CLEAR -> {
                requireRegion();
                each(word, this::clear);
            }
            case PRINT -> {
                requireRegion();
                each(word, this::print);
            }
            case DELETE -> delete(word);
            case GROUP -> group(word);
            case UNGROUP -> ungroup(word);
        }
    }

    private void help() {
        report.drop();
        usage.print(true);
    }

    private void requireFitting() throws Failed {
        if (switches.has(Opt.ALLPROGRAMS) && switches.has(Opt.PROGRAMID)) {
            throw shell.failed("Please supply one of --allprograms and --programid");
        }
        if (switches.has(Opt.ALLREGIONS) && switches.has(Opt.REGIONID)) {
            throw shell.failed("Please supply one of --allregions and --regionid");
        }
        if (switches.has(Opt.FOLLOW) && switches.has(Opt.NOMONITOR)) {
            throw shell.failed("Use of --follow is incompatible with --nomonitor.");
        }
    }

    private void requireRegion() throws Failed {
        report.drop();
        if (!switches.has(Opt.REGIONID) && !switches.has(Opt.ALLREGIONS)) {
            throw shell.failed("Please specify a --regionid or use --allregions.");
        }
    }

    private void each(@Nullable String word, Action action) throws Failed {
        if (isForAll(host, word)) {
            host.each(device -> action.run(device.name()));
        } else {
            action.run(word);
        }
    }

    /// As [#each], but all devices only when the user said so.
    private void eachNamed(@Nullable String word, Action action) throws Failed {
        requireNamed(host, word);
        each(word, action);
    }

    static boolean isForAll(Host host, @Nullable String word) {
        return word == null && !host.switches.has(Opt.UUID) && !host.switches.has(Opt.MAJOR);
    }

    static void requireNamed(Host host, @Nullable String word) throws Failed {
        if (isForAll(host, word) && !host.switches.has(Opt.ALLDEVICES)) {
            throw host.shell.failed("Please specify device(s) or use --alldevices.");
        }
    }

    private void report(@Nullable String word) throws Failed {
        final StatsRows rows = report.stats();
        final boolean all = verb == StatsVerb.LIST
                ? switches.has(Opt.VERBOSE)
                : !switches.has(Opt.AREA) && !switches.has(Opt.REGION) && !switches.has(Opt.GROUP);
        if (rows != null) {
            rows.program = program();
            rows.kinds.clear();
            addKind(rows, Opt.AREA, StatsRows.Kind.AREA, all);
            addKind(rows, Opt.REGION, StatsRows.Kind.REGION, all);
            addKind(rows, Opt.GROUP, StatsRows.Kind.GROUP, all);
            if (rows.kinds.isEmpty()) {
                rows.kinds.add(StatsRows.Kind.REGION);
                rows.kinds.add(StatsRows.Kind.GROUP);
            }
            rows.skipsSingle = all;
        }
        if (isForAll(host, word)) {
            host.each(device -> showing.info(device.name()));
            return;
        }
        try {
            showing.info(word);
        } catch (Failed e) {
            report.drop();
            throw e;
        }
    }

    private String program() {
        return switches.has(Opt.ALLPROGRAMS) ? "" : switches.value(Opt.PROGRAMID, StatsDevice.PROGRAM);
    }

    private void addKind(StatsRows rows, Opt opt, StatsRows.Kind kind, boolean all) {
        if (all || switches.has(opt)) {
            rows.kinds.add(kind);
        }
    }

    private void clear(@Nullable String word) throws Failed {
        final StatsDevice device = StatsDevice.of(host, word);
        try {
            clear(device);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private void clear(StatsDevice device) throws Failed {
        listOrLeave(device);
        if (device.regions().isEmpty()) {
            return;
        }
        final long given = switches.number(Opt.REGIONID);
        // dmstats has -1 for all.
        if (!switches.has(Opt.ALLREGIONS) && given != -1) {
            clear(device, given);
            return;
        }
        device.walkRegions();
        try {
            for (DmStatsRegion region : device.regions()) {
                clear(device, region.id());
            }
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private void listOrLeave(StatsDevice device) throws Failed {
        try {
            device.list(device.program);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private void clear(StatsDevice device, long region) throws Failed {
        final String shown = Long.toUnsignedString(region);
        if (device.region(region) == null) {
            throw shell.failed("No such region: " + shown + ".");
        }
        try {
            device.clear(region);
        } catch (Failed e) {
            throw shell.failed("Clearing statistics region " + shown + " failed.");
        }
        shell.debug("Cleared statistics region %s.", shown);
    }

    private void print(@Nullable String word) throws Failed {
        final StatsDevice device = StatsDevice.of(host, word);
        listOrLeave(device);
        if (!switches.has(Opt.ALLREGIONS)) {
            printOrLeave(device, switches.number(Opt.REGIONID));
            return;
        }
        if (device.regions().isEmpty()) {
            return;
        }
        device.walkRegions();
        for (DmStatsRegion region : device.regions()) {
            // Twice, as dmstats does.
            printOrLeave(device, region.id());
            print(device, region.id());
        }
    }

    private void printOrLeave(StatsDevice device, long region) throws Failed {
        try {
            print(device, region);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private void print(StatsDevice device, long region) throws Failed {
        try {
            shell.out().print(device.print(region, switches.has(Opt.CLEAR)));
        } catch (Failed e) {
            throw shell.failed("Could not print statistics region.");
        }
    }

    private void delete(@Nullable String word) throws Failed {
        report.drop();
        if (switches.has(Opt.REGIONID) && switches.has(Opt.GROUPID)) {
            throw shell.failed("Please use one of --regionid and --groupid.");
        }
        if (!switches.has(Opt.REGIONID) && !switches.has(Opt.GROUPID) && !switches.has(Opt.ALLREGIONS)) {
            throw shell.failed("Please specify a --regionid or --groupid, or use --allregions.");
        }
        eachNamed(word, this::deleteOn);
    }

    private void deleteOn(@Nullable String word) throws Failed {
        final StatsDevice device = StatsDevice.of(host, word);
        final String program = program();
        // A region alone is looked for in those of a program: where none is meant, in those of the process' name.
        device.program = program.isEmpty() ? usage.process() + "\n" : program;
        if (switches.has(Opt.ALLREGIONS) || switches.has(Opt.GROUPID)) {
            try {
                device.list(program);
            } catch (Failed e) {
                throw shell.backtrace(e);
            }
        }
        if (switches.has(Opt.ALLREGIONS) && device.regions().isEmpty()) {
            return;
        }
        if (switches.has(Opt.GROUPID)) {
            final long group = switches.number(Opt.GROUPID);
            disband(device, group, true, "Could not delete statistics group.");
            shell.print("Deleted statistics group " + Long.toUnsignedString(group) + ".");
        } else if (switches.has(Opt.ALLREGIONS)) {
            device.walkRegions();
            for (DmStatsRegion region : device.regions()) {
                delete(device, region.id(), ".");
            }
        } else {
            delete(device, switches.number(Opt.REGIONID), "");
        }
    }

    private void delete(StatsDevice device, long region, String end) throws Failed {
        try {
            device.delete(region);
        } catch (Failed e) {
            throw shell.failed("Could not delete statistics region" + end);
        }
        shell.debug("Deleted statistics region %s%s", Long.toUnsignedString(region), end.isEmpty() ? "." : "");
    }

    private void disband(StatsDevice device, long id, boolean deleted, String failure) throws Failed {
        try {
            final DmStatsGroup group = device.group(id);
            if (Long.compareUnsigned(id, device.lastId()) > 0) {
                throw shell.failed("Invalid group ID: " + Long.toUnsignedString(id));
            }
            if (group == null) {
                throw shell.failed("Group ID " + id + " does not exist");
            }
            device.disband(group, deleted);
        } catch (Failed e) {
            throw shell.failed(failure);
        }
    }

    private void group(@Nullable String word) throws Failed {
        report.drop();
        final String regions = switches.value(Opt.REGIONS);
        if (regions == null) {
            throw shell.failed("Group requires --regions.");
        }
        eachNamed(word, name -> {
            final StatsDevice device = StatsDevice.of(host, name);
            listOrLeave(device);
            final long id;
            try {
                id = new StatsGrouping(shell, device).group(regions, switches.value(Opt.ALIAS, ""));
            } catch (Failed e) {
                throw shell.failed("Could not create group on " + shown(name) + ": " + regions);
            }
            shell.print("Grouped regions " + regions + " as group ID " + id + " on " + shown(name));
        });
    }

    /// What C prints for a name that was not given.
    private static String shown(@Nullable String name) {
        return name == null ? "(null)" : name;
    }

    private void ungroup(@Nullable String word) throws Failed {
        report.drop();
        if (!switches.has(Opt.GROUPID)) {
            throw shell.failed("Please specify group id.");
        }
        final long id = switches.number(Opt.GROUPID);
        eachNamed(word, name -> {
            final StatsDevice device = StatsDevice.of(host, name);
            listOrLeave(device);
            final String group = Long.toUnsignedString(id);
            try {
                disband(device, id, false, "Could not delete group " + group + " on " + shown(name) + ".");
            } finally {
                // Also where it failed.
                shell.print("Removed group ID " + group + " on " + shown(name));
            }
        });
    }
}
