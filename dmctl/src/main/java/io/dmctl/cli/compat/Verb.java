package io.dmctl.cli.compat;

import org.jspecify.annotations.Nullable;

/// The commands of dmsetup and how many words they take.
enum Verb {
    HELP("help", 0, 0, Repeat.NO),
    CREATE("create", 0, 2, Repeat.NO),
    REMOVE("remove", 0, -1, Repeat.SELECT),
    REMOVE_ALL("remove_all", 0, 0, Repeat.NO),
    SUSPEND("suspend", 0, -1, Repeat.SELECT),
    RESUME("resume", 0, -1, Repeat.SELECT),
    LOAD("load", 0, 2, Repeat.NO),
    CLEAR("clear", 0, -1, Repeat.SELECT),
    RELOAD("reload", 0, 2, Repeat.NO),
    WIPE_TABLE("wipe_table", 0, -1, Repeat.SELECT),
    RENAME("rename", 1, 2, Repeat.NO),
    MEASURE("measure", 0, -1, Repeat.SELECT),
    MESSAGE("message", 2, -1, Repeat.NO),
    LS("ls", 0, 0, Repeat.NO),
    INFO("info", 0, -1, Repeat.YES),
    DEPS("deps", 0, -1, Repeat.SELECT),
    STATS("stats", 1, -1, Repeat.YES),
    STATUS("status", 0, -1, Repeat.SELECT),
    TABLE("table", 0, -1, Repeat.SELECT),
    WAIT("wait", 0, 2, Repeat.NO),
    MKNODES("mknodes", 0, -1, Repeat.YES),
    MANGLE("mangle", 0, -1, Repeat.YES),
    UDEVCREATECOOKIE("udevcreatecookie", 0, 0, Repeat.NO),
    UDEVRELEASECOOKIE("udevreleasecookie", 0, 1, Repeat.NO),
    UDEVFLAGS("udevflags", 1, 1, Repeat.NO),
    UDEVCOMPLETE("udevcomplete", 1, 1, Repeat.NO),
    UDEVCOMPLETE_ALL("udevcomplete_all", 0, 1, Repeat.NO),
    UDEVCOOKIES("udevcookies", 0, 0, Repeat.NO),
    TARGET_VERSION("target-version", 1, -1, Repeat.YES),
    TARGETS("targets", 0, 0, Repeat.NO),
    VERSION("version", 0, 0, Repeat.NO),
    SETGEOMETRY("setgeometry", 5, 5, Repeat.NO),
    SPLITNAME("splitname", 1, 2, Repeat.NO);

    /// Whether a command is done once for each word.
    enum Repeat {
        NO,
        YES,
        /// Also for each device that `--select` selects.
        SELECT
    }

    private final String word;
    private final int min;
    private final int max;
    private final Repeat repeat;

    Verb(String word, int min, int max, Repeat repeat) {
        this.word = word;
        this.min = min;
        this.max = max;
        this.repeat = repeat;
    }

    static @Nullable Verb of(String word) {
        for (Verb verb : values()) {
            if (verb.word.equals(word)) {
                return verb;
            }
        }
        return null;
    }

    String word() {
        return word;
    }

    boolean takes(int words) {
        return words >= min && (max < 0 || words <= max);
    }

    boolean repeats() {
        return repeat != Repeat.NO;
    }

    boolean selects() {
        return repeat == Repeat.SELECT;
    }
}
