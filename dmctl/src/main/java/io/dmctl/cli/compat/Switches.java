package io.dmctl.cli.compat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The options of one command line. A command that is made of others turns some on and off on its way, as dmsetup does.
final class Switches {
    private final Map<Opt, Integer> counts = new EnumMap<>(Opt.class);
    private final Map<Opt, String> values = new EnumMap<>(Opt.class);

    /// Reads options up to the end; answers the words between them.
    ///
    /// @throws Failed at the first that is wrong
    List<String> read(Getopt getopt, Shell shell) throws Failed {
        for (Getopt.Found found = getopt.next(); found != null; found = getopt.next()) {
            check(found, shell);
            set(found.opt(), found.value());
        }
        shell.verbosity(count(Opt.VERBOSE));
        if (has(Opt.MAJOR) != has(Opt.MINOR)) {
            throw shell.failed("Please specify both major number and minor number.");
        }
        if (has(Opt.TABLE) && has(Opt.NOTABLE)) {
            throw shell.failed("--table and --notable are incompatible.");
        }
        if (has(Opt.ADDNODEONRESUME) && has(Opt.ADDNODEONCREATE)) {
            throw shell.failed("--addnodeonresume and --addnodeoncreate are incompatible.");
        }
        return getopt.words();
    }

    private static void check(Getopt.Found found, Shell shell) throws Failed {
        final String value = found.value();
        final String reason = switch (found.opt()) {
            case COUNT -> Numbers.atoi(value) < 0 ? "Count must be zero or greater." : "";
            case INTERVAL -> Numbers.atoi(value) <= 0 ? "Interval must be a positive integer." : "";
            case MODE -> Numbers.octal(value) == 0 ? "Invalid argument for --mode: " + value + ". " : "";
            case MANGLENAME -> MangleMode.of(value) == null ? "Unknown name mangling mode." : "";
            case HEADINGS -> headings(value) < 0 ? "Unknown headings type." : "";
            case READAHEAD ->
                readAheadIsWrong(value)
                        ? "Negative read ahead value (" + Numbers.atoi(value) + ") is not understood."
                        : "";
            default -> "";
        };
        if (!reason.isEmpty()) {
            throw shell.failed(reason);
        }
        if (found.opt() == Opt.UDEVCOOKIE) {
            // A wrong one is told and is none.
            Numbers.cookie(value, shell);
        }
    }

    private static boolean readAheadIsWrong(String value) {
        return !value.equalsIgnoreCase("auto") && !value.equalsIgnoreCase("none") && Numbers.atoi(value) < -1;
    }

    private static int headings(String value) {
        final String[] names = {"none", "abbrev", "full"};
        for (int i = 0; i < names.length; i++) {
            if (value.equalsIgnoreCase(names[i]) || value.equals(Integer.toString(i))) {
                return i;
            }
        }
        return -1;
    }

    boolean has(Opt opt) {
        return counts.containsKey(opt);
    }

    /// How often it was given.
    int count(Opt opt) {
        return counts.getOrDefault(opt, 0);
    }

    /// The last value; null when it was not given.
    @Nullable
    String value(Opt opt) {
        return values.get(opt);
    }

    String value(Opt opt, String otherwise) {
        return values.getOrDefault(opt, otherwise);
    }

    /// The value as C's `atoi` reads it, 0 when it was not given.
    int number(Opt opt) {
        return Numbers.atoi(value(opt, "0"));
    }

    /// 0: none, 1: short ones, 2: field names.
    int headings() {
        return headings(value(Opt.HEADINGS, "1"));
    }

    void set(Opt opt, String value) {
        counts.merge(opt, 1, Integer::sum);
        values.put(opt, value);
    }

    void clear(Opt opt) {
        counts.remove(opt);
        values.remove(opt);
    }
}
