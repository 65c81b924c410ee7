package io.dmctl.cli.compat;

import java.util.Locale;

/// The fields of reports, in the order in which their help lists them.
enum Field {
    NAME(Type.TASK, Kind.STRING, "Name", 16, "Name of mapped device."),
    MANGLED_NAME(Type.TASK, Kind.STRING, "MangledName", 16, "Mangled name of mapped device."),
    UNMANGLED_NAME(Type.TASK, Kind.STRING, "UnmangledName", 16, "Unmangled name of mapped device."),
    UUID(Type.TASK, Kind.STRING, "UUID", 32, "Unique (optional) identifier for mapped device."),
    MANGLED_UUID(Type.TASK, Kind.STRING, "MangledUUID", 32, "Mangled unique (optional) identifier for mapped device."),
    UNMANGLED_UUID(
            Type.TASK, Kind.STRING, "UnmangledUUID", 32, "Unmangled unique (optional) identifier for mapped device."),
    READ_AHEAD(Type.TASK, Kind.NUMBER, "RAhead", 6, "Read ahead value."),
    BLKDEVNAME(Type.INFO, Kind.STRING, "BlkDevName", 16, "Name of block device."),
    ATTR(Type.INFO, Kind.STRING, "Stat", 4, "(L)ive, (I)nactive, (s)uspended, (r)ead-only, read-(w)rite."),
    TABLES_LOADED(Type.INFO, Kind.STRING, "Tables", 6, "Which of the live and inactive table slots are filled."),
    SUSPENDED(Type.INFO, Kind.STRING, "Suspended", 9, "Whether the device is suspended."),
    READONLY(Type.INFO, Kind.STRING, "Read-only", 9, "Whether the device is read-only or writeable."),
    DEVNO(Type.INFO, Kind.STRING, "DevNo", 5, "Device major and minor numbers"),
    MAJOR(Type.INFO, Kind.NUMBER, "Maj", 3, "Block device major number."),
    MINOR(Type.INFO, Kind.NUMBER, "Min", 3, "Block device minor number."),
    OPEN(Type.INFO, Kind.NUMBER, "Open", 4, "Number of references to open device, if requested."),
    SEGMENTS(Type.INFO, Kind.NUMBER, "Targ", 4, "Number of segments in live table, if present."),
    EVENTS(Type.INFO, Kind.NUMBER, "Event", 6, "Number of most recent event."),
    DEVICE_COUNT(Type.DEPS, Kind.NUMBER, "#Devs", 5, "Number of devices used by this one."),
    DEVS_USED(Type.TREE, Kind.STRING, "DevNamesUsed", 16, "List of names of mapped devices used by this one."),
    DEVNOS_USED(Type.DEPS, Kind.STRING, "DevNosUsed", 16, "List of device numbers of devices used by this one."),
    BLKDEVS_USED(Type.DEPS, Kind.STRING, "BlkDevNamesUsed", 16, "List of names of block devices used by this one."),
    DEVICE_REF_COUNT(Type.TREE, Kind.NUMBER, "#Refs", 5, "Number of mapped devices referencing this one."),
    NAMES_USING_DEV(Type.TREE, Kind.STRING, "RefNames", 8, "List of names of mapped devices using this one."),
    DEVNOS_USING_DEV(
            Type.TREE, Kind.STRING, "RefDevNos", 9, "List of device numbers of mapped devices using this one."),
    SUBSYSTEM(Type.NAME, Kind.STRING, "Subsys", 6, "Userspace subsystem responsible for this device."),
    VG_NAME(Type.NAME, Kind.STRING, "VG", 4, "LVM Volume Group name."),
    LV_NAME(Type.NAME, Kind.STRING, "LV", 4, "LVM Logical Volume name."),
    LV_LAYER(Type.NAME, Kind.STRING, "LVLayer", 7, "LVM device layer."),
    READ_COUNT(Type.STATS, Kind.NUMBER, "#Reads", 6, "Count of reads completed."),
    READS_MERGED_COUNT(Type.STATS, Kind.NUMBER, "#RdMrgs", 7, "Count of read requests merged."),
    READ_SECTOR_COUNT(Type.STATS, Kind.NUMBER, "#RdSectors", 10, "Count of sectors read."),
    READ_TIME(Type.STATS, Kind.NUMBER, "AccRdTime", 11, "Accumulated duration of all read requests (ns)."),
    WRITE_COUNT(Type.STATS, Kind.NUMBER, "#Writes", 7, "Count of writes completed."),
    WRITES_MERGED_COUNT(Type.STATS, Kind.NUMBER, "#WrMrgs", 7, "Count of write requests merged."),
    WRITE_SECTOR_COUNT(Type.STATS, Kind.NUMBER, "#WrSectors", 10, "Count of sectors written."),
    WRITE_TIME(Type.STATS, Kind.NUMBER, "AccWrTime", 11, "Accumulated duration of all writes (ns)."),
    IN_PROGRESS_COUNT(Type.STATS, Kind.NUMBER, "#InProg", 7, "Count of requests currently in progress."),
    IO_TICKS(Type.STATS, Kind.NUMBER, "IoTicks", 7, "Nanoseconds spent servicing requests."),
    QUEUE_TICKS(Type.STATS, Kind.NUMBER, "QueueTicks", 10, "Total nanoseconds spent in queue."),
    READ_TICKS(Type.STATS, Kind.NUMBER, "RdTicks", 7, "Nanoseconds spent servicing reads."),
    WRITE_TICKS(Type.STATS, Kind.NUMBER, "WrTicks", 7, "Nanoseconds spent servicing writes."),
    READS_MERGED_PER_SEC(Type.STATS, Kind.NUMBER, "RMrg/s", 6, "Read requests merged per second."),
    WRITES_MERGED_PER_SEC(Type.STATS, Kind.NUMBER, "WMrg/s", 6, "Write requests merged per second."),
    READS_PER_SEC(Type.STATS, Kind.NUMBER, "R/s", 3, "Reads per second."),
    WRITES_PER_SEC(Type.STATS, Kind.NUMBER, "W/s", 3, "Writes per second."),
    READ_SIZE_PER_SEC(Type.STATS, Kind.NUMBER, "RSz/s", 5, "Size of data read per second."),
    WRITE_SIZE_PER_SEC(Type.STATS, Kind.NUMBER, "WSz/s", 5, "Size of data written per second."),
    AVG_REQUEST_SIZE(Type.STATS, Kind.NUMBER, "AvgRqSz", 7, "Average request size."),
    QUEUE_SIZE(Type.STATS, Kind.NUMBER, "QSize", 5, "Average queue size."),
    AWAIT(Type.STATS, Kind.NUMBER, "AWait", 5, "Average wait time."),
    READ_AWAIT(Type.STATS, Kind.NUMBER, "RdAWait", 7, "Average read wait time."),
    WRITE_AWAIT(Type.STATS, Kind.NUMBER, "WrAWait", 7, "Average write wait time."),
    THROUGHPUT(Type.STATS, Kind.NUMBER, "Throughput", 10, "Throughput."),
    SERVICE_TIME(Type.STATS, Kind.NUMBER, "SvcTm", 5, "Service time."),
    UTIL(Type.STATS, Kind.NUMBER, "Util%", 5, "Utilization."),
    HIST_COUNT(Type.STATS, Kind.STRING, "Histogram Counts", 16, "Latency histogram counts."),
    HIST_COUNT_BOUNDS(Type.STATS, Kind.STRING, "Histogram Counts", 16, "Latency histogram counts with bin boundaries."),
    HIST_COUNT_RANGES(Type.STATS, Kind.STRING, "Histogram Counts", 16, "Latency histogram counts with bin ranges."),
    HIST_PERCENT(Type.STATS, Kind.STRING, "Histogram%", 10, "Relative latency histogram."),
    HIST_PERCENT_BOUNDS(Type.STATS, Kind.STRING, "Histogram%", 10, "Relative latency histogram with bin boundaries."),
    HIST_PERCENT_RANGES(Type.STATS, Kind.STRING, "Histogram%", 10, "Relative latency histogram with bin ranges."),
    INTERVAL_NS(Type.STATS, Kind.NUMBER, "IntervalNs", 10, "Sampling interval in nanoseconds."),
    INTERVAL(Type.STATS, Kind.NUMBER, "Interval", 8, "Sampling interval."),
    REGION_ID(Type.STATS_META, Kind.NUMBER, "RgID", 4, "Region ID."),
    REGION_START(Type.STATS_META, Kind.SIZE, "RgStart", 7, "Region start."),
    REGION_LEN(Type.STATS_META, Kind.SIZE, "RgSize", 6, "Region length."),
    AREA_ID(Type.STATS_META, Kind.NUMBER, "ArID", 4, "Area ID."),
    AREA_START(Type.STATS_META, Kind.SIZE, "ArStart", 7, "Area offset from start of device."),
    AREA_LEN(Type.STATS_META, Kind.SIZE, "ArSize", 6, "Area length."),
    AREA_OFFSET(Type.STATS_META, Kind.SIZE, "ArOff", 5, "Area offset from start of region."),
    AREA_COUNT(Type.STATS_META, Kind.NUMBER, "#Areas", 6, "Area count."),
    GROUP_ID(Type.STATS_META, Kind.NUMBER, "GrpID", 5, "Group ID."),
    PROGRAM_ID(Type.STATS_META, Kind.STRING, "ProgID", 6, "Program ID."),
    USER_DATA(Type.STATS_META, Kind.STRING, "UserData", 8, "Auxiliary data."),
    PRECISE(Type.STATS_META, Kind.STRING, "Precise", 7, "Set if nanosecond precision counters are enabled."),
    HIST_BINS(Type.STATS_META, Kind.STRING, "#Bins", 9, "The number of histogram bins configured."),
    HIST_BOUNDS(Type.STATS_META, Kind.STRING, "Histogram Bounds", 16, "Latency histogram bin boundaries."),
    HIST_RANGES(Type.STATS_META, Kind.STRING, "Histogram Ranges", 16, "Latency histogram bin ranges."),
    STATS_NAME(Type.STATS_META, Kind.STRING, "Name", 16, "Stats name of current object."),
    OBJ_TYPE(Type.STATS_META, Kind.STRING, "ObjType", 7, "Type of stats object being reported."),
    SELECTED(Type.SPECIAL, Kind.NUMBER, "Selected", 8, "Set if item passes selection criteria."),
    HELP(Type.SPECIAL, Kind.NUMBER, "Help", 8, "Show help."),
    HELP_ALT(Type.SPECIAL, Kind.NUMBER, "Help", 8, "Show help.");

    private static final Field[] ALL = values();

    /// What a field is about, which decides what is asked of the kernel for it.
    enum Type {
        TASK("Mapped Device Name", "name_"),
        INFO("Mapped Device Information", "info_"),
        DEPS("Mapped Device Relationship Information", "deps_"),
        TREE("Mapped Device Relationship Information", "tree_"),
        NAME("Mapped Device Name Components", "splitname_"),
        STATS("Mapped Device Statistics", "stats_"),
        STATS_META("Mapped Device Statistics Region Information", "region_"),
        SPECIAL("Special", "special_");

        final String description;
        final String prefix;

        Type(String description, String prefix) {
            this.description = description;
            this.prefix = prefix;
        }
    }

    /// How values of a field are compared and aligned.
    enum Kind {
        STRING,
        NUMBER,
        /// A size in sectors of 512 bytes, with a fraction.
        SIZE
    }

    final Type type;
    final Kind kind;
    final String heading;
    /// The least width of its column.
    final int width;
    final String description;

    Field(Type type, Kind kind, String heading, int width, String description) {
        this.type = type;
        this.kind = kind;
        this.heading = heading;
        this.width = width;
        this.description = description;
    }

    static Field[] all() {
        return ALL.clone();
    }

    String id() {
        return this == HELP_ALT ? "?" : name().toLowerCase(Locale.ROOT);
    }

    /// Whether it only asks for help.
    boolean isHelp() {
        return this == HELP || this == HELP_ALT;
    }

    private String canonicalId() {
        return type == Type.SPECIAL ? id() : id().replace("_", "");
    }

    /// Whether `word` names it: underscores and case do not matter, nor does a leading `prefix`, which has no
    /// underscore.
    boolean isNamed(String word, String prefix) {
        final String canonical = canonicalId();
        final String given = word.replace("_", "");
        return canonical.equalsIgnoreCase(given)
                || (!prefix.isEmpty()
                        && canonical.startsWith(prefix)
                        && canonical.substring(prefix.length()).equalsIgnoreCase(given));
    }
}
