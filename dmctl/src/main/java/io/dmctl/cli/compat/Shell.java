package io.dmctl.cli.compat;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/// What a run reads and writes: its streams and its environment.
public record Shell(InputStream in, PrintStream out, PrintStream err, Map<String, String> env) {
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
