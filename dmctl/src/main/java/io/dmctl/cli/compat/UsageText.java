package io.dmctl.cli.compat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What `help` tells of the command line: made from the options and the commands, with the words that each takes, in
/// the form that dmsetup has.
final class UsageText {
    static final String DEVICES = "<device>...";
    /// How a device is named, of every program.
    static final String DEVICE_NOTE = "<device> may be device name or (if only one) -u <uuid> or -j <major> -m <minor>";
    static final String FIELDS_NOTE = "<fields> are comma-separated.  Use 'help -c' for list.";

    private static final String TABLE = "[<table>|<table_file>]";
    private static final String HEAD_INDENT = "\t";
    private static final String CREATE_INDENT = "    ";

    private UsageText() {}

    /// Of a program of this name.
    static String of(String program) {
        final StringBuilder text =
                new StringBuilder("Usage:\n\n").append(program).append('\n');
        head().forEach(line -> text.append(HEAD_INDENT).append(line).append('\n'));
        text.append('\n');
        for (Verb verb : Verb.values()) {
            for (List<String> form : forms(verb)) {
                final String indent = verb == Verb.CREATE
                        ? CREATE_INDENT
                        : " ".repeat(verb.word().length() + 1);
                text.append('\t').append(verb.word()).append(' ').append(form.getFirst());
                form.subList(1, form.size())
                        .forEach(line -> text.append("\n\t").append(indent).append(line));
                text.append('\n');
            }
        }
        text.append('\n');
        notes().forEach(line -> text.append(line).append('\n'));
        return text.append('\n').toString();
    }

    // ---- options ----

    /// An option without a value, or with its usual one.
    static String any(Opt option) {
        return "[" + option.switches() + value(option) + "]";
    }

    static String any(Opt... options) {
        return Arrays.stream(options).map(UsageText::any).collect(Collectors.joining(" "));
    }

    /// At most one of them.
    private static String either(Opt... options) {
        return Arrays.stream(options)
                .map(option -> option.switches() + value(option))
                .collect(Collectors.joining("|", "[", "]"));
    }

    static String value(Opt option) {
        return switch (option) {
            case UDEVCOOKIE -> " <cookie>";
            case READAHEAD -> " {[+]<sectors>|auto|none}";
            case MANGLENAME -> " {" + modes("|") + "}";
            case SORT -> " <sort_fields>";
            case SELECT -> " <selection>";
            case HEADINGS -> " none|abbrev|full|0|1|2";
            case SEPARATOR -> " <separator>";
            case MAJOR, MINOR, UID, GID, UUID, START, LENGTH, COUNT, UNITS, REGIONS -> " <" + option.word() + ">";
            case INTERVAL -> " <seconds>";
            case AREAS -> " <nr_areas>";
            case AREASIZE -> " <size>";
            case USERDATA -> " <data>";
            case PROGRAMID, REGIONID, GROUPID -> " <id>";
            case BOUNDS -> " histogram_boundaries";
            case FOLLOW -> " mode";
            case ALIAS -> " NAME";
            case MODE -> " <octal_mode>";
            case TABLE -> " {<table>|<table_file>}";
            case TARGET -> " <target_type>";
            case EXEC -> " <command>";
            default -> "";
        };
    }

    private static String modes(String between) {
        return Stream.of(MangleMode.NONE, MangleMode.HEX, MangleMode.AUTO)
                .map(MangleMode::word)
                .collect(Collectors.joining(between));
    }

    private static List<String> head() {
        return List.of(
                any(Opt.VERSION) + " [" + Opt.HELP.switches() + " " + any(Opt.COLUMNS) + "]",
                verbose() + " " + any(Opt.FORCE),
                any(Opt.CHECKS, Opt.MANGLENAME),
                any(Opt.READONLY, Opt.NOOPENCOUNT, Opt.NOFLUSH, Opt.NOLOCKFS, Opt.INACTIVE),
                any(Opt.UDEVCOOKIE, Opt.NOUDEVRULES, Opt.NOUDEVSYNC, Opt.VERIFYUDEV),
                any(Opt.YES, Opt.READAHEAD, Opt.RETRY),
                any(Opt.COLUMNS) + " " + sorted(),
                any(Opt.SELECT, Opt.NAMEPREFIXES),
                either(Opt.NOHEADINGS, Opt.HEADINGS),
                any(Opt.SEPARATOR));
    }

    static String verbose() {
        final String verbose = Opt.VERBOSE.switches();
        return "[" + verbose + " [" + verbose + " ...]]";
    }

    static String sorted() {
        return fields("fields") + " " + any(Opt.SORT);
    }

    private static String fields(String what) {
        return "[-o <" + what + ">]";
    }

    // ---- commands ----

    private static List<List<String>> forms(Verb verb) {
        return switch (verb) {
            case HELP -> form(any(Opt.COLUMNS));
            case CREATE -> create();
            case REMOVE -> form(any(Opt.DEFERRED, Opt.FORCE, Opt.RETRY) + " " + DEVICES);
            case REMOVE_ALL -> form(any(Opt.FORCE));
            case SUSPEND -> form(any(Opt.NOFLUSH, Opt.NOLOCKFS) + " " + DEVICES);
            case RESUME -> form(any(Opt.NOFLUSH, Opt.NOLOCKFS) + " " + DEVICES, nodes(), any(Opt.READAHEAD));
            case LOAD, RELOAD -> form("<device> " + TABLE);
            case CLEAR -> form("<device>");
            case WIPE_TABLE -> form(any(Opt.FORCE, Opt.NOFLUSH, Opt.NOLOCKFS) + " " + DEVICES);
            case RENAME -> form("<device> " + any(Opt.SETUUID) + " <new_name_or_uuid>");
            case MESSAGE -> form("<device> <sector> <message>");
            case LS -> form(any(Opt.TARGET, Opt.EXEC) + " " + fields("options") + " " + any(Opt.TREE));
            case DEPS -> form(fields("options") + " [" + DEVICES + "]");
            case STATS -> form("<command> [<options>] [" + DEVICES + "]");
            case STATUS -> form("[" + DEVICES + "] " + any(Opt.NOFLUSH, Opt.TARGET));
            case TABLE -> form("[" + DEVICES + "] " + any(Opt.CONCISE, Opt.TARGET, Opt.SHOWKEYS));
            case WAIT -> form("<device> [<event_nr>] " + any(Opt.NOFLUSH));
            case MEASURE, INFO, MKNODES, MANGLE -> form("[" + DEVICES + "]");
            case UDEVRELEASECOOKIE -> form("[<cookie>]");
            case UDEVFLAGS, UDEVCOMPLETE -> form("<cookie>");
            case UDEVCOMPLETE_ALL -> form("[<age_in_minutes>]");
            case TARGET_VERSION -> form("[<target>...]");
            case SETGEOMETRY -> form("<device> <cyl> <head> <sect> <start>");
            case SPLITNAME -> form("<device> [<subsystem>]");
            case UDEVCREATECOOKIE, UDEVCOOKIES, TARGETS, VERSION -> form("");
        };
    }

    private static List<List<String>> form(String... lines) {
        return List.of(List.of(lines));
    }

    private static String nodes() {
        return either(Opt.ADDNODEONRESUME, Opt.ADDNODEONCREATE);
    }

    private static List<List<String>> create() {
        return List.of(
                List.of(
                        "<dev_name>",
                        "[" + Opt.MAJOR.switches() + value(Opt.MAJOR) + " " + Opt.MINOR.switches() + value(Opt.MINOR)
                                + "]",
                        any(Opt.UID, Opt.GID, Opt.MODE),
                        any(Opt.UUID) + " " + nodes(),
                        any(Opt.READAHEAD),
                        either(Opt.NOTABLE, Opt.TABLE)),
                List.of(Opt.CONCISE.switches() + " [<concise_device_spec_list>]"));
    }

    // ---- what the words are ----

    private static String quoted(MangleMode... modes) {
        final List<String> words =
                Arrays.stream(modes).map(mode -> "'" + mode.word() + "'").toList();
        return String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    private static List<String> notes() {
        final List<String> lines = new ArrayList<>();
        lines.add(DEVICE_NOTE);
        lines.add("<mangling_mode> is one of " + quoted(MangleMode.values()) + ".");
        lines.add(FIELDS_NOTE);
        lines.add("<concise_device_specification> has single-device entries separated by semi-colons:");
        lines.add("    <name>,<uuid>,<minor>,<flags>,<table>");
        lines.add("        where <flags> is 'ro' or 'rw' (the default) and any of <uuid>, <minor>");
        lines.add("        and <flags> may be empty. Separate extra table lines with commas.");
        lines.add("    E.g.: dev1,,,,0 100 linear 253:1 0,100 100 error;dev2,,,ro,0 1 error");
        lines.add("Table_file contents may be supplied on stdin.");
        lines.add("Options are: " + DeviceForm.words() + ".");
        final String tree = "Tree specific options are: ";
        lines.add(tree + TreeOptions.words(TreeOptions.Option.ASCII, TreeOptions.Option.UTF, TreeOptions.Option.VT100)
                + "; "
                + TreeOptions.words(TreeOptions.Option.COMPACT, TreeOptions.Option.INVERTED, TreeOptions.Option.NOTRUNC)
                + ";");
        lines.add(" ".repeat(tree.length())
                + TreeOptions.words(TreeOptions.Option.BLKDEVNAME)
                + ", [no]"
                + TreeOptions.words(
                        TreeOptions.Option.DEVICE,
                        TreeOptions.Option.ACTIVE,
                        TreeOptions.Option.OPEN,
                        TreeOptions.Option.RW)
                + " and "
                + TreeOptions.words(TreeOptions.Option.UUID)
                + ".");
        return lines;
    }
}
