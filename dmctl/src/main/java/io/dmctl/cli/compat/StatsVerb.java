package io.dmctl.cli.compat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The commands of dmstats.
enum StatsVerb {
    HELP,
    CLEAR,
    CREATE,
    DELETE,
    GROUP,
    LIST,
    PRINT,
    REPORT,
    UNGROUP,
    UPDATE_FILEMAP,
    VERSION;

    private static final String PLACE = "statsname,group_id,region_id,obj_type";
    private static final String REGION = PLACE + ",region_start,region_len,area_count,area_len";
    private static final String AREA = PLACE + ",region_start,region_len,area_count,area_id,area_start,area_len";
    private static final String HISTOGRAM = ",hist_bins,hist_bounds";
    private static final String REPORTED = PLACE + ",area_id,area_start,area_len";
    private static final String METRICS = ",reads_merged_per_sec,writes_merged_per_sec,reads_per_sec,writes_per_sec,"
            + "read_size_per_sec,write_size_per_sec,avg_request_size,queue_size,util,await,read_await,write_await";
    private static final String RAW = ",read_count,reads_merged_count,read_sector_count,read_time,read_ticks,"
            + "write_count,writes_merged_count,write_sector_count,write_time,write_ticks,"
            + "in_progress_count,io_ticks,queue_ticks";

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Null: there is no such command.
    static @Nullable StatsVerb of(String word) {
        for (StatsVerb verb : values()) {
            if (verb.word().equals(word)) {
                return verb;
            }
        }
        return null;
    }

    /// The fields of a report where none are named. dmstats reads them also for a command that reports nothing.
    static String fields(@Nullable StatsVerb verb, Switches switches) {
        final boolean histogram = switches.has(Opt.HISTOGRAM);
        if (verb == LIST) {
            return (switches.has(Opt.VERBOSE) ? AREA : REGION) + (histogram ? HISTOGRAM : ",program_id");
        }
        if (histogram) {
            return REGION + ",util,await," + (switches.has(Opt.RELATIVE) ? "hist_percent_bounds" : "hist_count_bounds");
        }
        return REPORTED + (switches.has(Opt.RAW) ? RAW : METRICS);
    }
}
