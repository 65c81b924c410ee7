package io.dmctl.cli.compat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// dmsetup and dmstats: reads the command line, runs the command, answers its exit code, which is 0 or 1.
public final class Dmsetup {
    private final String program;
    private final Shell shell;
    private final Switches switches = new Switches();

    private Dmsetup(String program, Shell shell) {
        this.program = program;
        this.shell = shell;
    }

    /// Whether `program` is one that this can be: `dmsetup` or `dmstats`.
    public static boolean is(String program) {
        return program.equals("dmsetup") || program.equals("dmstats");
    }

    /// Runs a command line as `program`; the caller flushes the streams.
    public static int run(String program, List<String> args, Shell shell) {
        try {
            return new Dmsetup(program, shell).run(args);
        } catch (Failed e) {
            return 1;
        }
    }

    private int run(List<String> args) throws Failed {
        final String given = shell.variable("DM_DEV_DIR");
        if (!given.isEmpty() && !given.startsWith("/")) {
            throw shell.failed("Invalid DM_DEV_DIR environment variable value.");
        }
        final List<String> words;
        try {
            words = switches.read(new Getopt(program, args, !shell.env().containsKey("POSIXLY_CORRECT"), shell), shell);
        } catch (Failed e) {
            shell.error("Couldn't process command line.");
            return switches.has(Opt.HELP) || switches.has(Opt.VERSION) ? 0 : 1;
        }
        final boolean stats = !words.isEmpty() && words.getFirst().equals("stats");
        final ProgramUsage usage = new ProgramUsage(shell, stats ? "dmsetup stats" : program);
        final List<String> rest = stats ? words.subList(1, words.size()) : words;
        try (Host host = new Host(shell, switches, given.isEmpty() ? "/dev" : given)) {
            if (switches.has(Opt.HELP) || switches.has(Opt.VERSION)) {
                return informed(host, usage, rest);
            }
            return stats || (program.equals("dmstats") && !words.isEmpty())
                    ? stats(host, usage, rest)
                    : command(host, usage, words);
        }
    }

    /// `-h` and `--version` come before any command, and always end well.
    private int informed(Host host, ProgramUsage usage, List<String> words) {
        if (switches.has(Opt.HELP)) {
            final boolean isReport = !words.isEmpty() && words.getFirst().equals("report");
            usage.print(switches.has(Opt.COLUMNS) || (isReport && usage.isStats()));
            return 0;
        }
        try {
            new Targets(host).versions();
        } catch (Failed e) {
            shell.error("Command failed.");
        }
        return 0;
    }

    private int command(Host host, ProgramUsage usage, List<String> words) throws Failed {
        if (words.isEmpty()) {
            usage.print();
            return 1;
        }
        final Verb verb = Verb.of(words.getFirst());
        final List<String> rest = words.subList(1, words.size());
        if (verb == null || !verb.takes(rest.size())) {
            shell.error(verb == null ? "Unknown command." : "Incorrect number of arguments.");
            usage.print();
            return 1;
        }
        prepare(host, verb);
        final DeviceReport report;
        try {
            report = report(host, verb);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
        readUnits(host);
        if (verb == Verb.HELP) {
            usage.print(switches.has(Opt.COLUMNS));
            return 0;
        }
        return new Run(host, verb, rest, report).run() ? 0 : 1;
    }

    private int stats(Host host, ProgramUsage usage, List<String> words) throws Failed {
        if (words.isEmpty()) {
            shell.error("Incorrect number of arguments.");
            usage.print();
            return 1;
        }
        switches.set(Opt.COLUMNS, "");
        if (!switches.has(Opt.UNITS)) {
            switches.set(Opt.UNITS, "h");
        }
        prepare(host, Verb.STATS);
        final StatsVerb verb = StatsVerb.of(words.getFirst());
        final DeviceReport report;
        try {
            report = DeviceReport.of(Verb.STATS, verb, host);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
        readUnits(host);
        return Run.ofStats(host, verb, words.subList(1, words.size()), report, usage)
                        .run()
                ? 0
                : 1;
    }

    private void readUnits(Host host) throws Failed {
        final String units = switches.value(Opt.UNITS);
        if (units == null) {
            return;
        }
        final SizeUnits parsed = SizeUnits.parse(units);
        if (parsed == null) {
            throw shell.failed("Invalid --units argument.");
        }
        host.units = parsed;
    }

    private void prepare(Host host, Verb verb) throws Failed {
        host.kernel.verb = verb;
        if (verb == Verb.SPLITNAME && !switches.has(Opt.COLUMNS)) {
            switches.set(Opt.COLUMNS, "");
        }
        if (verb == Verb.MANGLE) {
            host.mangling = MangleMode.NONE;
        }
        try {
            if (switches.has(Opt.TREE)) {
                TreePrinter.options(host);
            } else if (!switches.has(Opt.COLUMNS)) {
                DeviceForm.check(switches.value(Opt.OPTIONS, ""), shell);
            }
        } catch (Failed e) {
            throw shell.failed("Couldn't process command line.");
        }
        prepareUdev(host);
    }

    private void prepareUdev(Host host) {
        if (switches.has(Opt.NOUDEVSYNC)) {
            host.udev.look();
        }
        host.udevCookie = Numbers.cookie(switches.value(Opt.UDEVCOOKIE, ""));
        String from = "--udevcookie option";
        if (host.udevCookie == 0 && !shell.variable("DM_UDEV_COOKIE").isEmpty()) {
            host.udevCookie = Numbers.cookie(shell.variable("DM_UDEV_COOKIE"), shell);
            from = "DM_UDEV_COOKIE environment variable";
        }
        if (!shell.debugs()) {
            return;
        }
        if (host.udevCookie != 0) {
            shell.debug("Using udev transaction 0x%s defined by %s.", Udev.digits(host.udevCookie), from);
        }
        final String folder = shell.variable("DM_DEV_DIR");
        if (!host.files.isUdevsFolder()) {
            shell.debug(
                    "The path %s used for creating device nodes that is set via DM_DEV_DIR environment variable differs "
                            + "from the path /dev/ that is used by udev. All warnings about udev not working correctly "
                            + "while processing particular nodes will be suppressed. These nodes and symlinks will be "
                            + "managed in each directory separately.",
                    folder);
            shell.debug("DM udev checking disabled");
        }
    }

    private @Nullable DeviceReport report(Host host, Verb verb) throws Failed {
        final boolean selects = switches.has(Opt.SELECT) && verb.selects();
        return selects || switches.has(Opt.COLUMNS) ? DeviceReport.of(selects ? Verb.INFO : verb, null, host) : null;
    }
}
