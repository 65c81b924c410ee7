package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmStatsArea;
import io.dmctl.bindings.control.DmStatsGroup;
import io.dmctl.bindings.control.DmStatsRegion;
import io.dmctl.bindings.sys.BitmapList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a report says of one area, region or group of a device's statistics.
final class StatsCells {
    private static final double NS_PER_SECOND = 1e9;
    private static final double NS_PER_MS = 1e6;
    /// libdm's mark for all areas of a region, which it counts with where an area's place is asked for.
    private static final long ALL_AREAS = 0x2000000000000L;
    /// And its mark for no region at all.
    private static final long NO_REGION = 0x4000000000000L;
    private static final DmStatsRegion NOWHERE = new DmStatsRegion(0, 0, 0, 0, "", "", false, List.of());

    private final Host host;
    private final StatsDevice device;
    private final DmStatsRegion region;
    private final @Nullable DmStatsGroup group;
    private final long area;
    private final long intervalNs;
    /// What all areas have counted, once it was asked for.
    private @Nullable DmStatsArea counted;

    private StatsCells(
            Host host,
            StatsDevice device,
            DmStatsRegion region,
            @Nullable DmStatsGroup group,
            long area,
            long intervalNs) {
        this.host = host;
        this.device = device;
        this.region = region;
        this.group = group;
        this.area = area;
        this.intervalNs = intervalNs;
    }

    /// `intervalNs`: how long the counters have counted.
    static StatsCells ofArea(Host host, StatsDevice device, DmStatsRegion region, long area, long intervalNs) {
        return new StatsCells(host, device, region, null, area, intervalNs);
    }

    static StatsCells ofRegion(Host host, StatsDevice device, DmStatsRegion region, long intervalNs) {
        return new StatsCells(host, device, region, null, ALL_AREAS, intervalNs);
    }

    /// `leader`: the first of the group's regions.
    static StatsCells ofGroup(
            Host host, StatsDevice device, DmStatsGroup group, DmStatsRegion leader, long intervalNs) {
        return new StatsCells(host, device, leader, group, ALL_AREAS, intervalNs);
    }

    /// What libdm tells where nobody said what the rows are about: a group of no regions, with the name of the first.
    static StatsCells ofNothing(Host host, StatsDevice device, long intervalNs) {
        final DmStatsGroup first = device.group(0);
        final DmStatsGroup none = new DmStatsGroup(first == null ? "" : first.alias(), new BitSet(), "");
        return new StatsCells(host, device, NOWHERE, none, ALL_AREAS, intervalNs);
    }

    private boolean isOfNothing() {
        return group != null && group.members().isEmpty();
    }

    Cell cell(Field field) {
        if (field.type == Field.Type.STATS_META) {
            return place(field);
        }
        return switch (field) {
            case HIST_COUNT -> histogram(HistogramText.Value.COUNT, HistogramText.Bounds.NONE);
            case HIST_COUNT_BOUNDS -> histogram(HistogramText.Value.COUNT, HistogramText.Bounds.LOWER);
            case HIST_COUNT_RANGES -> histogram(HistogramText.Value.COUNT, HistogramText.Bounds.RANGE);
            case HIST_PERCENT -> histogram(HistogramText.Value.PERCENT, HistogramText.Bounds.NONE);
            case HIST_PERCENT_BOUNDS -> histogram(HistogramText.Value.PERCENT, HistogramText.Bounds.LOWER);
            case HIST_PERCENT_RANGES -> histogram(HistogramText.Value.PERCENT, HistogramText.Bounds.RANGE);
            case INTERVAL_NS -> Cell.unsigned(intervalNs);
            case INTERVAL -> Cell.size(Numbers.fixed(intervalNs / NS_PER_SECOND, 6), intervalNs / NS_PER_SECOND);
            default -> counter(field, counted());
        };
    }

    private Cell place(Field field) {
        final boolean isArea = group == null && area != ALL_AREAS;
        return switch (field) {
            case REGION_ID -> regionId();
            case REGION_START -> size(region.startSectors());
            case REGION_LEN -> size(lenSectors());
            case AREA_ID -> Cell.unsigned(isArea ? area : 0);
            case AREA_START -> size(region.startSectors() + offset());
            case AREA_LEN -> size(group == null ? region.areaSectors() : lenSectors());
            case AREA_OFFSET -> size(offset());
            case AREA_COUNT -> Cell.unsigned(group == null ? region.areas() : 1);
            case GROUP_ID -> groupId();
            case PROGRAM_ID -> Cell.text(group == null ? region.programId() : StatsDevice.PROGRAM);
            case USER_DATA -> Cell.text(group == null ? region.auxData() : "");
            case PRECISE -> Cell.numberAsText(region.precise() ? 1 : 0);
            case HIST_BINS ->
                Cell.numberAsText(
                        group != null || region.boundsNs().isEmpty()
                                ? 0
                                : region.boundsNs().size() + 1);
            case HIST_BOUNDS -> histogram(HistogramText.Value.NONE, HistogramText.Bounds.LOWER);
            case HIST_RANGES -> histogram(HistogramText.Value.NONE, HistogramText.Bounds.RANGE);
            case STATS_NAME -> Cell.text(name());
            case OBJ_TYPE -> Cell.text(isOfNothing() ? "all" : group != null ? "group" : isArea ? "area" : "region");
            default -> throw new IllegalArgumentException(field.id());
        };
    }

    private Cell size(long sectors) {
        if (host.switches.has(Opt.NOSUFFIX)) {
            // A function that tells so returns early.
            host.shell.backtrace();
        }
        return host.units.cell(sectors);
    }

    private long lenSectors() {
        return group == null
                ? region.lenSectors()
                : device.members(group).stream()
                        .mapToLong(DmStatsRegion::lenSectors)
                        .sum();
    }

    private long offset() {
        return group == null ? region.areaSectors() * area : 0;
    }

    private Cell regionId() {
        if (group == null || isOfNothing()) {
            return Cell.unsigned(group == null ? region.id() : NO_REGION);
        }
        return new Cell(BitmapList.text(group.members()), group.id());
    }

    private @Nullable DmStatsGroup itsGroup() {
        return group == null ? device.groupOf(region.id()) : group;
    }

    private Cell groupId() {
        final DmStatsGroup in = itsGroup();
        return in == null || isOfNothing() ? new Cell("-", -1) : Cell.unsigned(in.id());
    }

    private String name() {
        final DmStatsGroup in = itsGroup();
        return in == null || in.alias().isEmpty() ? device.name() : in.alias();
    }

    private Cell histogram(HistogramText.Value value, HistogramText.Bounds bounds) {
        if (region.boundsNs().isEmpty()) {
            if (group != null || area == ALL_AREAS) {
                // Of areas together, as libdm adds them up elsewhere.
                host.shell.backtrace();
            }
            return Cell.text("");
        }
        final HistogramText text = new HistogramText(
                region.boundsNs(),
                counted().histogram(),
                !host.switches.has(Opt.NOHEADINGS),
                !host.switches.has(Opt.NOTIMESUFFIX));
        return Cell.text(text.text(value, bounds));
    }

    private DmStatsArea counted() {
        DmStatsArea sum = counted;
        if (sum == null) {
            sum = count();
            counted = sum;
        }
        return sum;
    }

    private DmStatsArea count() {
        final List<DmStatsArea> areas = device.areas(region.id());
        if (group != null) {
            return device.members(group).stream()
                    .flatMap(member -> device.areas(member.id()).stream())
                    .reduce(DmStatsArea.NONE, DmStatsArea::plus);
        }
        if (area == ALL_AREAS) {
            return areas.stream().reduce(DmStatsArea.NONE, DmStatsArea::plus);
        }
        return area < areas.size() ? areas.get((int) area) : DmStatsArea.NONE;
    }

    private Cell counter(Field field, DmStatsArea c) {
        return switch (field) {
            case READ_COUNT -> Cell.unsigned(c.reads());
            case READS_MERGED_COUNT -> Cell.unsigned(c.readsMerged());
            case READ_SECTOR_COUNT -> Cell.unsigned(c.readSectors());
            case READ_TIME -> Cell.unsigned(c.readNs());
            case WRITE_COUNT -> Cell.unsigned(c.writes());
            case WRITES_MERGED_COUNT -> Cell.unsigned(c.writesMerged());
            case WRITE_SECTOR_COUNT -> Cell.unsigned(c.writeSectors());
            case WRITE_TIME -> Cell.unsigned(c.writeNs());
            case IN_PROGRESS_COUNT -> Cell.unsigned(c.inFlight());
            case IO_TICKS -> Cell.unsigned(c.ioNs());
            case QUEUE_TICKS -> Cell.unsigned(c.queueNs());
            case READ_TICKS -> Cell.unsigned(c.readingNs());
            case WRITE_TICKS -> Cell.unsigned(c.writingNs());
            // libdm forgets to make seconds of these two.
            case READS_MERGED_PER_SEC -> Cell.decimal(Numbers.toDouble(c.readsMerged()) / intervalNs);
            case WRITES_MERGED_PER_SEC -> Cell.decimal(Numbers.toDouble(c.writesMerged()) / intervalNs);
            case READS_PER_SEC -> Cell.decimal(perSecond(c.reads()));
            case WRITES_PER_SEC -> Cell.decimal(perSecond(c.writes()));
            case READ_SIZE_PER_SEC -> rate(perSecond(c.readSectors()));
            case WRITE_SIZE_PER_SEC -> rate(perSecond(c.writeSectors()));
            case AVG_REQUEST_SIZE -> rate(mean(c.readSectors() + c.writeSectors(), c.reads() + c.writes()));
            case QUEUE_SIZE -> Cell.decimal(Numbers.toDouble(c.queueNs()) / intervalNs);
            case AWAIT -> Cell.decimal(mean(c.readNs() + c.writeNs(), c.reads() + c.writes()) / NS_PER_MS);
            case READ_AWAIT -> Cell.decimal(mean(c.readNs(), c.reads()) / NS_PER_MS);
            case WRITE_AWAIT -> Cell.decimal(mean(c.writeNs(), c.writes()) / NS_PER_MS);
            case THROUGHPUT -> Cell.decimal(perSecond(c.reads() + c.writes()));
            case SERVICE_TIME -> Cell.decimal(serviceNs(c) / NS_PER_MS);
            case UTIL -> utilization(c);
            default -> throw new IllegalArgumentException(field.id());
        };
    }

    private double perSecond(long count) {
        return Numbers.toDouble(count) * NS_PER_SECOND / intervalNs;
    }

    private static double mean(long sum, long count) {
        return count == 0 ? 0 : Numbers.toDouble(sum) / Numbers.toDouble(count);
    }

    /// What is compared is the fraction, what is shown whole sectors.
    private Cell rate(double sectors) {
        return Cell.size(host.units.text(Numbers.toUnsigned(sectors)), sectors);
    }

    private double busy(DmStatsArea c) {
        final long ns = Long.compareUnsigned(c.ioNs(), intervalNs) < 0 ? c.ioNs() : intervalNs;
        return Numbers.toDouble(ns) / intervalNs;
    }

    private Cell utilization(DmStatsArea c) {
        final int percent = Percent.of(Numbers.toUnsigned(Percent.ONE * busy(c)), Percent.ONE);
        return new Cell(Numbers.fixed(Percent.rounded(percent), 2), percent);
    }

    /// libdm takes whole percents for millionths of one.
    private double serviceNs(DmStatsArea c) {
        final double throughput = perSecond(c.reads() + c.writes());
        final double percent = 100 * busy(c);
        return (long) throughput == 0 || (long) percent == 0
                ? 0
                : NS_PER_SECOND * Percent.toFloat((int) percent) / (100.0 * throughput);
    }
}
