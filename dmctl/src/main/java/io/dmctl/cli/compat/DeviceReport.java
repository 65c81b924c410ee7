package io.dmctl.cli.compat;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The report of `info -c` and `splitname`, and what selects devices for other commands.
final class DeviceReport {
    private static final String DEVICE_FIELDS = "name,major,minor,attr,open,segments,events,uuid";
    private static final String SPLIT_FIELDS = "vg_name,lv_name,lv_layer";

    private final Host host;
    private final Report report;
    private @Nullable DeviceTree tree;
    private @Nullable Action selectedAction;
    private @Nullable StatsRows stats;
    private boolean dropped;
    private boolean acts;

    /// What is done with a selected device.
    interface Action {
        void run(String name) throws Failed;
    }

    private DeviceReport(Host host, Report report) {
        this.host = host;
        this.report = report;
    }

    /// `statsVerb`: of dmstats' command, null without one.
    static DeviceReport of(Verb verb, @Nullable StatsVerb statsVerb, Host host) throws Failed {
        final Set<Field.Type> types = EnumSet.noneOf(Field.Type.class);
        if (verb == Verb.SPLITNAME) {
            types.add(Field.Type.NAME);
        }
        if (verb == Verb.STATS) {
            types.add(Field.Type.STATS_META);
            if (statsVerb != StatsVerb.LIST) {
                types.add(Field.Type.STATS);
            }
        }
        final Switches switches = host.switches;
        if (switches.has(Opt.NOHEADINGS) && switches.has(Opt.HEADINGS)) {
            throw host.shell.failed("Only one of --headings and --noheadings permitted.");
        }
        if (switches.has(Opt.SORT) && (verb == Verb.STATUS || verb == Verb.TABLE)) {
            throw host.shell.failed("--sort is not yet supported with status and table.");
        }
        final String usual = switch (verb) {
            case SPLITNAME -> SPLIT_FIELDS;
            case STATS -> StatsVerb.fields(statsVerb, switches);
            default -> DEVICE_FIELDS;
        };
        final String given = switches.value(Opt.OPTIONS, usual);
        final String fields = given.startsWith("+") ? usual + "," + given.substring(1) : given;
        final ReportColumns columns = new ReportColumns(host.shell, types);
        final Report report = new Report(host.shell, layout(switches, fields), columns);
        try {
            report.define(fields, switches.value(Opt.SORT, ""), switches.value(Opt.SELECT, ""));
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
        final DeviceReport devices = new DeviceReport(host, report);
        final boolean counters = columns.types().contains(Field.Type.STATS);
        if (counters || columns.types().contains(Field.Type.STATS_META)) {
            devices.stats = new StatsRows(host, counters);
        }
        if (columns.types().contains(Field.Type.TREE)) {
            devices.tree = new DeviceTree(host);
            devices.tree.addAll();
        }
        return devices;
    }

    private static Report.Layout layout(Switches switches, String fields) {
        final boolean plain = switches.has(Opt.NOHEADINGS);
        final int headings = plain || fields.contains("help") ? 0 : switches.headings();
        final String separator = switches.value(Opt.SEPARATOR, plain ? ":" : " ");
        return new Report.Layout(
                !plain && !switches.has(Opt.NAMEPREFIXES) && !switches.has(Opt.SEPARATOR) && !switches.has(Opt.ROWS),
                !switches.has(Opt.UNBUFFERED) || switches.has(Opt.SORT) || switches.has(Opt.ROWS),
                headings,
                switches.has(Opt.NAMEPREFIXES),
                !switches.has(Opt.UNQUOTED),
                switches.has(Opt.ROWS),
                separator);
    }

    /// Nothing is reported; `action` is done with each device that is selected.
    void whenSelected(Action action) {
        selectedAction = action;
    }

    /// What decides about the rows of statistics; null when there are none.
    @Nullable
    StatsRows stats() {
        return stats;
    }

    /// Nothing is printed any more.
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    void add(Info info) throws Failed {
        if (stats != null) {
            stats.each(info, cells -> report.add(new DeviceCells(host, info, tree, cells), true));
            return;
        }
        if (acts) {
            // Told by the action about its device. dmsetup would choose it again, and never end.
            return;
        }
        try {
            final boolean selected = report.add(new DeviceCells(host, info, tree, null), selectedAction == null);
            if (selected && selectedAction != null) {
                acts = true;
                selectedAction.run(info.name());
            }
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        } finally {
            acts = false;
        }
    }

    void addSplit(SplitName name) throws Failed {
        report.add(field -> field.type == Field.Type.NAME ? name.cell(field) : null, true);
    }

    /// Prints what was added. `repeats`: the headings stand before every part.
    void print(boolean repeats) {
        if (dropped) {
            return;
        }
        if (repeats && !report.isEmpty()) {
            report.printHeadings();
        }
        report.print();
    }
}
