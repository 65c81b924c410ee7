package io.dmctl.bindings.control;

import java.util.ArrayList;
import java.util.List;

/// The counters of one area, or the sum of several. Sectors are 512 bytes, times nanoseconds.
///
/// @param readNs the sum of the times that the reads took
/// @param inFlight requests that have begun and not ended
/// @param ioNs how long there was any request
/// @param queueNs the sum over all requests of how long they were there
/// @param readingNs how long there was any read
/// @param histogram how many requests ended within each bin of the region; empty without a histogram
/// @kernel drivers/md/dm-stats.c `dm_stats_print`
public record DmStatsArea(
        long startSectors,
        long lenSectors,
        long reads,
        long readsMerged,
        long readSectors,
        long readNs,
        long writes,
        long writesMerged,
        long writeSectors,
        long writeNs,
        long inFlight,
        long ioNs,
        long queueNs,
        long readingNs,
        long writingNs,
        List<Long> histogram) {
    private static final int COUNTERS = 15;

    /// Nothing counted, to add to.
    public static final DmStatsArea NONE = new DmStatsArea(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

    public DmStatsArea {
        histogram = List.copyOf(histogram);
    }

    /// Reads the answer to `@stats_print`: all areas of a region.
    ///
    /// @param nsPerTick of the region: [DmStatsRegion#nsPerTick]
    /// @throws IllegalArgumentException at a line that is none
    public static List<DmStatsArea> parse(String answer, long nsPerTick) {
        final List<DmStatsArea> areas = new ArrayList<>();
        for (String line : answer.split("\n", -1)) {
            if (!line.isEmpty()) {
                areas.add(parseLine(line, nsPerTick));
            }
        }
        return areas;
    }

    private static DmStatsArea parseLine(String line, long nsPerTick) {
        final String[] words = line.strip().split("[ +]+", -1);
        try {
            final long[] n = new long[COUNTERS];
            for (int i = 0; i < COUNTERS; i++) {
                n[i] = words[i].startsWith("-") ? Long.parseLong(words[i]) : Long.parseUnsignedLong(words[i]);
            }
            final List<Long> histogram = new ArrayList<>();
            if (words.length > COUNTERS) {
                for (String bin : words[COUNTERS].split(":", -1)) {
                    histogram.add(Long.parseUnsignedLong(bin));
                }
            }
            return new DmStatsArea(
                    n[0],
                    n[1],
                    n[2],
                    n[3],
                    n[4],
                    n[5] * nsPerTick,
                    n[6],
                    n[7],
                    n[8],
                    n[9] * nsPerTick,
                    n[10],
                    n[11] * nsPerTick,
                    n[12] * nsPerTick,
                    n[13] * nsPerTick,
                    n[14] * nsPerTick,
                    histogram);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("no line of @stats_print: " + line, e);
        }
    }

    /// What both have counted; the place and the bins are those of `other` where this one has none.
    public DmStatsArea plus(DmStatsArea other) {
        return new DmStatsArea(
                startSectors,
                lenSectors + other.lenSectors,
                reads + other.reads,
                readsMerged + other.readsMerged,
                readSectors + other.readSectors,
                readNs + other.readNs,
                writes + other.writes,
                writesMerged + other.writesMerged,
                writeSectors + other.writeSectors,
                writeNs + other.writeNs,
                inFlight + other.inFlight,
                ioNs + other.ioNs,
                queueNs + other.queueNs,
                readingNs + other.readingNs,
                writingNs + other.writingNs,
                sum(histogram, other.histogram));
    }

    private static List<Long> sum(List<Long> a, List<Long> b) {
        if (a.size() < b.size()) {
            return sum(b, a);
        }
        final List<Long> sums = new ArrayList<>(a);
        for (int i = 0; i < b.size(); i++) {
            sums.set(i, a.get(i) + b.get(i));
        }
        return sums;
    }
}
