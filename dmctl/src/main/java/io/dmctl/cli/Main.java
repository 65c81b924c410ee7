package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmTape;
import io.dmctl.cli.compat.Dmsetup;
import io.dmctl.cli.compat.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the command, runs it, and tells how it ended.
public final class Main {
    private static final String COMPAT = "--compat=";

    private final Streams streams;
    private final boolean debug;
    private @Nullable TimeLimit limit;

    /// `debug`: failures print where they came from.
    Main(Streams streams, boolean debug) {
        this.streams = streams;
        this.debug = debug;
    }

    public static void main(String[] args) {
        final Main main = new Main(Streams.ofProcess(), "1".equals(System.getenv("DMCTL_DEBUG")));
        final int code = main.run(args);
        // System.exit makes a logger first: 10 ms behind the last line of output. A return makes none, but waits for
        // threads, and a wait that ran out of time has left its own in the kernel.
        if (code != 0 || threadsAreLeft()) {
            System.exit(code);
        }
    }

    private static boolean threadsAreLeft() {
        final Thread[] threads = new Thread[Thread.activeCount() + 16];
        final int n = Thread.enumerate(threads);
        for (int i = 0; i < n; i++) {
            if (threads[i] != Thread.currentThread() && !threads[i].isDaemon()) {
                return true;
            }
        }
        return false;
    }

    /// Runs a command line; answers the exit code.
    int run(String... args) {
        final ExitCode code = choose(Arrays.asList(args));
        if (streams.out().checkError()) {
            streams.err().println("dmctl: standard output: cannot be written");
            return ExitCode.FAILED.code();
        }
        return code.code();
    }

    private ExitCode choose(List<String> args) {
        final String first = args.isEmpty() ? "" : args.getFirst();
        return switch (first) {
            case "" -> {
                HelpPage.print(streams.err());
                yield ExitCode.USAGE;
            }
            case "-h", "--help", "help" -> help(args.subList(1, args.size()));
            case "--version" -> {
                streams.out().println("dmctl " + version());
                yield ExitCode.OK;
            }
            // Constants: the class is loaded by limited only.
            default -> first.startsWith(TimeLimit.OPTION) ? limited(args) : recorded(args);
        };
    }

    /// With an end of its time. Only here that class is loaded.
    private ExitCode limited(List<String> args) {
        try {
            final TimeLimit l = TimeLimit.of(args);
            limit = l;
            return recorded(args.subList(l.words(), args.size()));
        } catch (CommandFailure e) {
            streams.err().println("dmctl: " + e.getMessage());
            return e.exitCode();
        }
    }

    private ExitCode recorded(List<String> args) {
        final String first = args.getFirst();
        // Constants: the class is loaded by taped only.
        return first.startsWith(TapeOption.RECORD) || first.startsWith(TapeOption.REPLAY)
                ? taped(args)
                : command(first, args, null);
    }

    /// With a record of the ioctls, written or answering. Only here those classes are loaded.
    private ExitCode taped(List<String> args) {
        try {
            final TapeOption tape = TapeOption.of(args);
            final List<String> line = args.subList(tape.words(), args.size());
            return command(line.getFirst(), line, tape);
        } catch (CommandFailure e) {
            streams.err().println("dmctl: " + e.getMessage());
            return e.exitCode();
        }
    }

    /// A command line that begins with a command, or says as which program.
    private ExitCode command(String first, List<String> line, @Nullable TapeOption tape) {
        final List<String> args = line.subList(1, line.size());
        return first.startsWith(COMPAT) ? compat(first.substring(COMPAT.length()), args, tape) : run(first, args, tape);
    }

    /// As `program`, with its options and exit codes. Only here that package is loaded.
    private ExitCode compat(String program, List<String> args, @Nullable TapeOption option) {
        if (!Dmsetup.is(program)) {
            streams.err().println("dmctl: " + COMPAT + program + ": must be dmsetup or dmstats");
            return ExitCode.USAGE;
        }
        final int code;
        try (DmTape tape = option == null ? null : option.open()) {
            final Shell shell = new Shell(streams.in(), streams.out(), streams.err(), System.getenv(), tape);
            if (limit != null) {
                limit.start(late -> compatFailed(late).code());
            }
            code = Dmsetup.run(program, args, shell);
        } catch (IOException | UncheckedIOException e) {
            ended();
            return compatFailed(e);
        }
        ended();
        return code == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private ExitCode compatFailed(Exception failure) {
        streams.out().flush();
        streams.err().println("dmctl: " + ErrorReport.of(failure).text());
        return ExitCode.FAILED;
    }

    private ExitCode help(List<String> args) {
        if (!args.isEmpty() && args.getFirst().equals("target")) {
            return TargetHelp.print(args.subList(1, args.size()), streams);
        }
        if (!args.isEmpty()) {
            return run(args.getFirst(), List.of("--help"), null);
        }
        HelpPage.print(streams.out());
        return ExitCode.OK;
    }

    private ExitCode run(String word, List<String> args, @Nullable TapeOption tape) {
        final Optional<CommandName> name = CommandName.find(word);
        if (name.isEmpty()) {
            streams.err().println("dmctl: " + word + ": no such command");
            streams.err().println("dmctl: dmctl --help lists the commands");
            return ExitCode.USAGE;
        }
        final Command command = name.get().make();
        final Usage usage = command.usage().end();
        @Nullable Json json = null;
        try (Session session = new Session(name.get(), streams)) {
            final Arguments arguments = Arguments.parse(usage, args);
            if (arguments.has("--help")) {
                HelpPage.print(streams.out(), usage);
            } else {
                if (usage.jsonObject() && arguments.has("--json")) {
                    session.useJson();
                    json = session.json();
                }
                if (tape != null) {
                    session.use(tape.open(name.get()));
                }
                session.useUdev(arguments);
                limit(session, name.get(), json);
                run(command, arguments, session);
            }
        } catch (Exception | LinkageError e) {
            ended();
            return failed(name.get(), e, json);
        }
        ended();
        return ExitCode.OK;
    }

    private void limit(Session session, CommandName name, @Nullable Json json) {
        final TimeLimit l = limit;
        if (l != null) {
            session.use(l);
            l.start(failure -> failed(name, failure, json).code());
        }
    }

    private void ended() {
        if (limit != null) {
            limit.end();
        }
    }

    private void run(Command command, Arguments arguments, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException, InterruptedException {
        command.run(arguments, session);
        session.requireUdev();
        session.endRecord();
        final Json json = session.json();
        if (json != null) {
            json.print(streams.out());
        }
    }

    private ExitCode failed(CommandName name, Throwable failure, @Nullable Json json) {
        if (debug) {
            failure.printStackTrace(streams.err());
        }
        final ErrorReport report = ErrorReport.of(failure);
        if (json != null) {
            printJson(name, failure instanceof CommandFailure f && f.keepsResult() ? json : null, report);
        }
        final String prefix = "dmctl " + name.word();
        // What the command did before it failed stands before the failure.
        streams.out().flush();
        report.print(streams.err(), prefix);
        for (Throwable behind : failure.getSuppressed()) {
            // What is wrong with the record; the failure may have told it already.
            final String text = ErrorReport.of(behind).text();
            if (!report.text().contains(text)) {
                streams.err().println(prefix + ": " + text);
            }
        }
        if (report.exitCode() == ExitCode.USAGE) {
            streams.err().println(prefix + ": " + prefix + " --help tells how it is called");
        }
        return report.exitCode();
    }

    private void printJson(CommandName name, @Nullable Json result, ErrorReport report) {
        try {
            (result == null ? new Json(name) : result).error(report).print(streams.out());
        } catch (IOException e) {
            // Into memory: it cannot be.
            throw new UncheckedIOException(e);
        }
    }

    /// The version of this build.
    static String version() {
        try (InputStream in = Main.class.getResourceAsStream("version.txt")) {
            return in == null ? "of unknown version" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "of unknown version";
        }
    }
}
