package io.dmctl.bindings.control;

import java.util.List;
import java.util.StringJoiner;

/// A region to be made, as `@stats_create` is told.
///
/// @param startSectors 512 bytes each; with `lenSectors` 0 as well the region is the whole device
/// @param areas into how many areas it is divided; 0: by `areaSectors`
/// @param areaSectors the length of an area; used when `areas` is 0
/// @param precise times are counted in nanoseconds, not in milliseconds
/// @param boundsNs the upper bounds of a histogram's bins but for the last, rising; empty: no histogram. Without
/// `precise` they are cut to whole milliseconds
/// @param programId who made it, one word; `""`: nobody's
/// @param auxData one word that the kernel keeps, `""`: none. It needs a program before it
/// @kernel drivers/md/dm-stats.c `message_stats_create`
public record DmStatsSpec(
        long startSectors,
        long lenSectors,
        long areas,
        long areaSectors,
        boolean precise,
        List<Long> boundsNs,
        String programId,
        String auxData) {
    static final String PRECISE = "precise_timestamps";
    static final String HISTOGRAM = "histogram:";
    static final long NS_PER_MS = 1_000_000;

    public DmStatsSpec {
        boundsNs = List.copyOf(boundsNs);
    }

    /// The whole device as one area.
    public static DmStatsSpec wholeDevice(boolean precise, String programId) {
        return new DmStatsSpec(0, 0, 1, 0, precise, List.of(), programId, "");
    }

    /// With the blanks of libdm also where there is nothing between them.
    String message() {
        final StringJoiner words = new StringJoiner(" ");
        words.add("@stats_create");
        words.add(
                startSectors == 0 && lenSectors == 0
                        ? "-"
                        : Long.toUnsignedString(startSectors) + "+" + Long.toUnsignedString(lenSectors));
        words.add(areas == 0 ? Long.toUnsignedString(areaSectors) : "/" + Long.toUnsignedString(areas));
        final int extras = (precise ? 1 : 0) + (boundsNs.isEmpty() ? 0 : 1);
        words.add(
                extras == 0
                        ? ""
                        : extras + " " + (precise ? PRECISE : "") + " "
                                + (boundsNs.isEmpty() ? "" : HISTOGRAM + histogram()));
        return words.add(programId).add(auxData).toString();
    }

    private String histogram() {
        final StringJoiner bounds = new StringJoiner(",");
        for (long bound : boundsNs) {
            bounds.add(Long.toUnsignedString(precise ? bound : Long.divideUnsigned(bound, NS_PER_MS)));
        }
        return bounds.toString();
    }
}
