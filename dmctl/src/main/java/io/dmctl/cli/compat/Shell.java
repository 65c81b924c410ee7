package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmTape;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a run reads and writes: its streams and its environment, and the record of its ioctls where it has one,
/// which stays the caller's.
public record Shell(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> env,
        @Nullable DmTape tape) {
    public Shell(InputStream in, PrintStream out, PrintStream err, Map<String, String> env) {
        this(in, out, err, env, null);
    }

    /// What is seen of the machine besides the kernel's replies: a record keeps it, too.
    String look(String what, Supplier<String> look) {
        return tape == null ? look.get() : tape.look(what, look);
    }

    /// Whether nothing is done to this machine.
    boolean isReplayed() {
        return tape != null && tape.replays();
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
