package io.dmctl.bindings.control;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A region of a device whose I/O the kernel counts, as `@stats_list` tells it. Sectors are 512 bytes.
///
/// @param areaSectors the length of its areas; the last one may reach beyond the region
/// @param programId `""` when it is nobody's
/// @param auxData the word that is kept with it, `""` without one
/// @param boundsNs the upper bounds of its histogram's bins but for the last; empty without a histogram
/// @kernel drivers/md/dm-stats.c `dm_stats_list`
public record DmStatsRegion(
        long id,
        long startSectors,
        long lenSectors,
        long areaSectors,
        String programId,
        String auxData,
        boolean precise,
        List<Long> boundsNs) {
    private static final Pattern LINE = Pattern.compile("(\\d+): (\\d+)\\+(\\d+) (\\d+) (\\S+)(?: (.*))?");

    public DmStatsRegion {
        boundsNs = List.copyOf(boundsNs);
    }

    /// How many areas it has, a part of one at its end included.
    public long areas() {
        return lenSectors == 0 || areaSectors == 0 ? 1 : Long.divideUnsigned(lenSectors + areaSectors - 1, areaSectors);
    }

    /// The unit of the kernel's times.
    public long nsPerTick() {
        return precise ? 1 : DmStatsSpec.NS_PER_MS;
    }

    public DmStatsRegion withAuxData(String aux) {
        return new DmStatsRegion(id, startSectors, lenSectors, areaSectors, programId, aux, precise, boundsNs);
    }

    public DmStatsRegion withExtent(long start, long len, long area) {
        return new DmStatsRegion(id, start, len, area, programId, auxData, precise, boundsNs);
    }

    /// Reads the answer to `@stats_list`.
    ///
    /// @throws IllegalArgumentException at a line that is none
    public static List<DmStatsRegion> parseList(String answer) {
        final List<DmStatsRegion> regions = new ArrayList<>();
        for (String line : answer.split("\n", -1)) {
            if (!line.isEmpty()) {
                regions.add(parse(line));
            }
        }
        return regions;
    }

    private static DmStatsRegion parse(String line) {
        final Matcher words = LINE.matcher(line);
        if (!words.matches()) {
            throw new IllegalArgumentException("no line of @stats_list: " + line);
        }
        final String rest = words.group(6) == null ? "" : words.group(6);
        final int end = auxEnd(rest);
        final String options = rest.substring(end);
        final boolean precise = options.contains(DmStatsSpec.PRECISE);
        return new DmStatsRegion(
                Long.parseUnsignedLong(words.group(1)),
                Long.parseUnsignedLong(words.group(2)),
                Long.parseUnsignedLong(words.group(3)),
                Long.parseUnsignedLong(words.group(4)),
                none(words.group(5)),
                none(rest.substring(0, end)),
                precise,
                bounds(options, precise ? 1 : DmStatsSpec.NS_PER_MS));
    }

    /// The name of a group may have blanks in it.
    private static int auxEnd(String rest) {
        final int hash = rest.contains(DmStatsGroup.TAG) ? rest.indexOf('#') : 0;
        final int blank = rest.indexOf(' ', Math.max(hash, 0));
        return blank < 0 ? rest.length() : blank;
    }

    private static String none(String word) {
        return word.startsWith("-") ? "" : word;
    }

    private static List<Long> bounds(String options, long nsPerTick) {
        final List<Long> bounds = new ArrayList<>();
        final int at = options.indexOf(DmStatsSpec.HISTOGRAM);
        if (at >= 0) {
            for (String bound :
                    options.substring(at + DmStatsSpec.HISTOGRAM.length()).split(",", -1)) {
                bounds.add(Long.parseUnsignedLong(bound.strip()) * nsPerTick);
            }
        }
        return bounds;
    }
}
