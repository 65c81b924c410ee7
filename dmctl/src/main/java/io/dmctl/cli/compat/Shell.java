package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmTape;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a run reads and writes: its streams and its environment, and the record of its ioctls where it has one,
/// which stays the caller's. Knows how much of libdm's debugging is to be told.
public final class Shell {
    /// From this many `-v` on libdm tells what it does.
    private static final int DEBUG = 2;

    /// And from this many dmsetup tells when.
    private static final int TIMES = 3;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> env;
    private final @Nullable DmTape tape;
    private int verbosity;
    private long beganNs;

    public Shell(InputStream in, PrintStream out, PrintStream err, Map<String, String> env, @Nullable DmTape tape) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.env = env;
        this.tape = tape;
    }

    public Shell(InputStream in, PrintStream out, PrintStream err, Map<String, String> env) {
        this(in, out, err, env, null);
    }

    InputStream in() {
        return in;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    Map<String, String> env() {
        return env;
    }

    @Nullable
    DmTape tape() {
        return tape;
    }

    /// What is seen of the machine besides the kernel's replies: a record keeps it, too.
    String look(String what, Supplier<String> look) {
        return tape == null ? look.get() : tape.look(what, look);
    }

    /// Whether nothing is done to this machine.
    boolean isReplayed() {
        return tape != null && tape.replays();
    }

    /// How often `-v` was given: from now on lines of [#debug] are told, or not.
    void verbosity(int times) {
        verbosity = times;
        if (times >= TIMES) {
            beganNs = System.nanoTime();
            debug("Timestamp:       0.000000000 seconds");
        }
    }

    /// Whether libdm's debugging is told.
    boolean debugs() {
        return verbosity >= DEBUG;
    }

    /// A line of libdm's debugging, which is on standard output; each `%s` of `format` is one of `values`.
    void debug(String format, Object... values) {
        if (!debugs()) {
            return;
        }
        final StringBuilder line = new StringBuilder();
        int from = 0;
        for (Object value : values) {
            final int at = format.indexOf("%s", from);
            line.append(format, from, at).append(value);
            from = at + 2;
        }
        print(line.append(format, from, format.length()).toString());
    }

    /// How long the run has taken, behind an ioctl.
    void debugTime() {
        if (verbosity >= TIMES) {
            final long ns = System.nanoTime() - beganNs;
            debug("Timestamp: %s.%s seconds", padded(ns / NS_PER_SECOND, ' ', 7), padded(ns % NS_PER_SECOND, '0', 9));
        }
    }

    private static String padded(long number, char fill, int width) {
        final StringBuilder text = new StringBuilder(Long.toString(number));
        while (text.length() < width) {
            text.insert(0, fill);
        }
        return text.toString();
    }

    /// libdm's word for a function that returns early, as what it called has failed.
    void backtrace() {
        debug("<backtrace>");
    }

    /// The same; for `throw`.
    Failed backtrace(Failed failure) {
        backtrace();
        return failure;
    }

    /// A line on standard error.
    void error(String line) {
        err.print(line);
        err.print('\n');
    }

    /// A line on standard error; for `throw`.
    Failed failed(String line) {
        error(line);
        return new Failed();
    }

    /// A line on standard output.
    void print(String line) {
        out.print(line);
        out.print('\n');
    }

    /// A variable of the environment, `""` when it is not set.
    String variable(String name) {
        return env.getOrDefault(name, "");
    }
}
