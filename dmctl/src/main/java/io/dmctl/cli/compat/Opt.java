package io.dmctl.cli.compat;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The options of dmsetup and dmstats.
enum Opt {
    READONLY("r"),
    CHECKS,
    CLEAR,
    COLUMNS("c"),
    CONCISE,
    COUNT(true),
    DEFERRED,
    SELECT("S", true),
    EXEC(true),
    FILEMAP,
    FOLLOW(true),
    FORCE("f"),
    FOREGROUND,
    GID("G", true),
    GROUP,
    GROUPID(true),
    HEADINGS(true),
    HELP("h"),
    HISTOGRAM,
    INACTIVE,
    INTERVAL(true),
    LENGTH(true),
    MANGLENAME(true),
    MAJOR("j", true),
    MINOR("m", true),
    MODE("M", true),
    NAMEPREFIXES,
    NOGROUP,
    NOFLUSH,
    NOHEADINGS,
    NOLOCKFS,
    NOOPENCOUNT,
    NOSUFFIX,
    NOTABLE("n"),
    NOTIMESUFFIX,
    NOMONITOR,
    UDEVCOOKIE(true),
    NOUDEVRULES,
    NOUDEVSYNC,
    OPTIONS("o", true),
    PRECISE,
    PROGRAMID(true),
    RAW,
    READAHEAD(true),
    REGION,
    REGIONS(true),
    REGIONID(true),
    RELATIVE,
    RETRY,
    ROWS,
    SEGMENTS,
    SEPARATOR(true),
    SETUUID,
    SHOWKEYS,
    SORT("O", true),
    START(true),
    TABLE(true),
    TARGET(true),
    TREE,
    UID("U", true),
    UNITS(true),
    UUID("u", true),
    UNBUFFERED,
    UNQUOTED,
    USERDATA(true),
    /// The long form wrongly takes a value, the letter does not.
    VERBOSE("v", true),
    VERIFYUDEV,
    VERSION,
    YES("y"),
    ALIAS(true),
    ALLDEVICES,
    ALLPROGRAMS,
    ALLREGIONS,
    AREA,
    AREAS(true),
    AREASIZE(true),
    BOUNDS(true),
    ADDNODEONRESUME,
    ADDNODEONCREATE;

    private static final Opt[] ALL = values();

    private final String letter;
    private final boolean longTakesValue;

    Opt() {
        this("", false);
    }

    Opt(boolean takesValue) {
        this("", takesValue);
    }

    Opt(String letter) {
        this(letter, false);
    }

    Opt(String letter, boolean longTakesValue) {
        this.letter = letter;
        this.longTakesValue = longTakesValue;
    }

    /// The long form without its dashes.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// As usage shows it: `-f|--force`.
    String switches() {
        final String letters = this == COLUMNS ? "-c|-C|" : letter.isEmpty() ? "" : "-" + letter + "|";
        return letters + "--" + word();
    }

    boolean longTakesValue() {
        return longTakesValue;
    }

    boolean letterTakesValue() {
        return longTakesValue && this != VERBOSE;
    }

    static @Nullable Opt ofLetter(char letter) {
        if (letter == 'C') {
            return COLUMNS;
        }
        for (Opt opt : ALL) {
            if (opt.letter.indexOf(letter) == 0) {
                return opt;
            }
        }
        return null;
    }
}
