package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmStatsGroup;
import io.dmctl.bindings.control.DmStatsRegion;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// Makes groups, and says what is odd about them.
final class StatsGrouping {
    private final Shell shell;
    private final StatsDevice device;

    /// `device` has been listed.
    StatsGrouping(Shell shell, StatsDevice device) {
        this.shell = shell;
        this.device = device;
    }

    /// Answers the number of the group.
    long group(String list, String alias) throws Failed {
        if (device.regions().isEmpty()) {
            throw shell.failed("Could not create group: no regions found.");
        }
        final BitSet members;
        try {
            members = DmStatsGroup.members(list);
        } catch (IllegalArgumentException e) {
            shell.backtrace();
            throw shell.failed("Could not parse list: '" + list + "'");
        }
        if (members.isEmpty() || members.length() - 1 > device.lastId()) {
            throw shell.failed("Invalid region ID: " + (members.length() - 1));
        }
        int precise = 0;
        List<Long> bounds = List.of();
        for (int i = members.nextSetBit(0); i >= 0; i = members.nextSetBit(i + 1)) {
            final DmStatsRegion region = fit(i, bounds);
            precise += region.precise() ? 1 : 0;
            bounds = bounds.isEmpty() ? region.boundsNs() : bounds;
        }
        if (precise > 0 && precise < members.cardinality()) {
            shell.error("WARNING: Grouping regions with different clock resolution: precision may be lost.");
        }
        return joined(members, alias);
    }

    private DmStatsRegion fit(int id, List<Long> bounds) throws Failed {
        final DmStatsRegion region = device.region(id);
        if (region == null) {
            throw shell.failed("Region ID " + id + " does not exist");
        }
        final DmStatsGroup group = device.groupOf(id);
        if (group != null) {
            throw shell.failed("Region ID " + id + " already a member of group ID " + group.id());
        }
        if (!bounds.isEmpty() && !region.boundsNs().isEmpty() && !bounds.equals(region.boundsNs())) {
            throw shell.failed("All region histogram bounds must match exactly");
        }
        return region;
    }

    /// Groups regions that fit.
    long joined(BitSet members, String alias) throws Failed {
        final List<Span> spans = new ArrayList<>();
        for (int i = members.nextSetBit(0); i >= 0; i = members.nextSetBit(i + 1)) {
            final DmStatsRegion region = device.region(i);
            if (region != null) {
                spans.add(new Span(i, region.startSectors(), region.lenSectors()));
            }
        }
        spans.sort(Comparator.comparingLong(span -> span.start));
        boolean overlap = false;
        while (merge(spans)) {
            // Until no two of them overlap.
            overlap = true;
        }
        if (overlap) {
            shell.debug("Creating group with overlapping regions.");
        }
        device.join(members, alias);
        return members.nextSetBit(0);
    }

    private static final class Span {
        private long id;
        private long start;
        private long len;

        private Span(long id, long start, long len) {
            this.id = id;
            this.start = start;
            this.len = len;
        }

        private long last() {
            return start + len - 1;
        }
    }

    private boolean merge(List<Span> spans) {
        boolean merged = false;
        for (int i = 0; i + 1 < spans.size(); ) {
            final Span span = spans.get(i);
            final Span next = spans.get(i + 1);
            if (span.last() <= next.start) {
                i++;
                continue;
            }
            shell.error("WARNING: region IDs " + span.id + " and " + next.id
                    + " overlap. Some events will be counted twice.");
            if (span.last() > next.last()) {
                next.id = span.id;
                next.len = span.len;
            }
            next.start = Math.min(next.start, span.start);
            spans.remove(i);
            merged = true;
        }
        return merged;
    }
}
