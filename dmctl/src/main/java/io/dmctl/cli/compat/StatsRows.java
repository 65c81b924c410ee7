package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmStatsGroup;
import io.dmctl.bindings.control.DmStatsRegion;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Which rows a report has of the statistics of a device.
final class StatsRows {
    private final Host host;
    private final boolean counters;
    private long intervalNs;
    private long intervalBegan;
    private final long wantedNs;
    private long intervals = 1;
    private boolean running;
    private boolean intervalEnds;

    /// Whose regions are reported; `""`: anybody's.
    String program = StatsDevice.PROGRAM;

    /// Nothing: the report is one of `info`.
    final Set<Kind> kinds = EnumSet.noneOf(Kind.class);

    /// A region of one area has no row beside its area's.
    boolean skipsSingle;

    /// What a row is about.
    enum Kind {
        AREA,
        REGION,
        GROUP
    }

    /// Takes the rows.
    interface Sink {
        void add(StatsCells cells) throws Failed;
    }

    /// `counters`: there are fields beside those of regions; reading them sets them to 0.
    StatsRows(Host host, boolean counters) {
        this.host = host;
        this.counters = counters;
        // What was counted before the first look is taken as counted within one interval.
        this.intervalNs =
                TimeUnit.SECONDS.toNanos(host.switches.has(Opt.INTERVAL) ? host.switches.number(Opt.INTERVAL) : 1);
        this.wantedNs = intervalNs;
    }

    /// The next look ends an interval.
    void endInterval() {
        intervalEnds = true;
        intervals++;
    }

    void each(Info info, Sink sink) throws Failed {
        final StatsDevice device = StatsDevice.of(host, Device.numbered(info.devno()));
        if (counters) {
            if (!device.populate(program)) {
                return;
            }
            look();
            host.shell.debug("Adjusted sample interval duration: %sns.", padded(intervalNs));
        } else {
            try {
                device.list(program);
            } catch (Failed e) {
                throw host.shell.backtrace(e);
            }
            if (device.regions().isEmpty()) {
                return;
            }
        }
        if (kinds.equals(EnumSet.of(Kind.GROUP)) && device.groups().isEmpty()) {
            return;
        }
        device.walk(flags(), words());
        if (!kinds.isEmpty()) {
            all(device, sink);
        } else if (!device.regions().isEmpty()) {
            // dmsetup does not say what it wants to walk over, and is told so behind the first row.
            sink.add(StatsCells.ofNothing(host, device, intervalNs));
            host.shell.error("stats_walk_next called with empty walk flags");
        }
    }

    private static String padded(long ns) {
        final String digits = Long.toString(ns);
        return " ".repeat(Math.max(0, 12 - digits.length())) + digits;
    }

    private String flags() {
        final int flags = (kinds.contains(Kind.AREA) ? 1 : 0)
                + (kinds.contains(Kind.REGION) ? 2 : 0)
                + (kinds.contains(Kind.GROUP) ? 4 : 0)
                + (skipsSingle ? 8 : 0);
        return flags == 0 ? "0" : Integer.toHexString(flags) + "000000000000";
    }

    private String words() {
        return (kinds.contains(Kind.AREA) ? "AREA" : "") + " " + (kinds.contains(Kind.REGION) ? "REGION" : "") + " "
                + (kinds.contains(Kind.GROUP) ? "GROUP" : "") + " " + (skipsSingle ? "SKIP" : "");
    }

    private void look() {
        final long now = System.nanoTime();
        final boolean isFirst = !running;
        final long delta = isFirst ? intervalNs : now - intervalBegan;
        if (isFirst) {
            host.shell.debug("Beginning first interval.");
        }
        final String number = Long.toUnsignedString(intervalNr());
        host.shell.debug("Interval     #%s     time delta: %sns.", filled(number, 4), padded(delta));
        if (!running || intervalEnds) {
            host.shell.debug("Interval     #%s   current err: %sns.", filled(number, 5), padded(delta - wantedNs));
            host.shell.debug("End interval #%s  duration: %sns.", filled(number, 9), padded(delta));
            intervalNs = delta;
            intervalBegan = now;
            running = true;
            intervalEnds = false;
        }
    }

    private static String filled(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /// Where nobody asked for more than one, dmsetup has none before the first.
    private long intervalNr() {
        final boolean several = host.switches.has(Opt.COUNT) || host.switches.has(Opt.INTERVAL);
        return several && !(host.switches.has(Opt.COUNT) && host.switches.number(Opt.COUNT) == 0) ? intervals : -1;
    }

    private void all(StatsDevice device, Sink sink) throws Failed {
        for (DmStatsRegion region : device.regions()) {
            for (long area = 0; kinds.contains(Kind.AREA) && area < region.areas(); area++) {
                sink.add(StatsCells.ofArea(host, device, region, area, intervalNs));
            }
        }
        for (DmStatsRegion region : device.regions()) {
            if (kinds.contains(Kind.REGION) && (!skipsSingle || region.areas() > 1)) {
                sink.add(StatsCells.ofRegion(host, device, region, intervalNs));
            }
        }
        for (DmStatsGroup group : device.groups()) {
            final DmStatsRegion leader = device.region(group.id());
            if (kinds.contains(Kind.GROUP) && leader != null) {
                sink.add(StatsCells.ofGroup(host, device, group, leader, intervalNs));
            }
        }
    }
}
