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
    }

    /// The next look ends an interval.
    void endInterval() {
        intervalEnds = true;
    }

    void each(Info info, Sink sink) throws Failed {
        final StatsDevice device = StatsDevice.of(host, Device.numbered(info.devno()));
        if (counters) {
            if (!device.populate(program)) {
                return;
            }
            look();
        } else {
            device.list(program);
        }
        if (!kinds.isEmpty()) {
            all(device, sink);
        } else if (!device.regions().isEmpty()) {
            // dmsetup does not say what it wants to walk over, and is told so behind the first row.
            sink.add(StatsCells.ofNothing(host, device, intervalNs));
            host.shell.error("stats_walk_next called with empty walk flags");
        }
    }

    private void look() {
        final long now = System.nanoTime();
        if (!running || intervalEnds) {
            intervalNs = running ? now - intervalBegan : intervalNs;
            intervalBegan = now;
            running = true;
            intervalEnds = false;
        }
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
