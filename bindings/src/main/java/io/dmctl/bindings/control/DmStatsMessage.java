package io.dmctl.bindings.control;

/// The `@stats` messages: device-mapper's core answers them, for a device with any table or none. They are sent with
/// [DmTask.TargetMessage]; [DmStatsRegion] and [DmStatsArea] read the answers. Blanks are where libdm has them.
///
/// @kernel Documentation/admin-guide/device-mapper/statistics.rst, drivers/md/dm-stats.c
public final class DmStatsMessage {
    private DmStatsMessage() {}

    /// Makes a region; the answer is its number. Errors: EINVAL, ENOMEM (a quarter of the memory is counted with).
    public static String create(DmStatsSpec spec) {
        return spec.message();
    }

    /// Deletes a region. Errors: ENOENT, EINVAL (a number beyond an int).
    public static String delete(long region) {
        return "@stats_delete " + Long.toUnsignedString(region);
    }

    /// Sets the counters of a region to 0, but for the requests in flight.
    public static String clear(long region) {
        return "@stats_clear " + Long.toUnsignedString(region);
    }

    /// Lists the regions of a program, of all programs for `""`.
    public static String list(String programId) {
        return "@stats_list " + programId;
    }

    /// The counters of a region's areas.
    public static String print(long region) {
        return "@stats_print " + Long.toUnsignedString(region) + " ";
    }

    /// As [#print], and in the same step as [#clear].
    public static String printClear(long region) {
        return "@stats_print_clear " + Long.toUnsignedString(region) + " ";
    }

    /// Keeps another word with a region.
    public static String setAux(long region, String auxData) {
        return "@stats_set_aux " + Long.toUnsignedString(region) + " " + auxData + " ";
    }
}
