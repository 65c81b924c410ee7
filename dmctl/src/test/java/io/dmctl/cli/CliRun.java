package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// A command line run in this process, and what came of it.
record CliRun(int exitCode, String out, String err) {
    static CliRun of(String... args) {
        return withInput("", args);
    }

    static CliRun withInput(String input, String... args) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final Streams streams = new Streams(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        final int code = new Main(streams, false).run(args);
        return new CliRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// Ended with `code`, said `text` in the first line of standard error, and printed nothing else.
    void refused(ExitCode code, String prefix, String text) {
        assertEquals(code.code(), exitCode, this::toString);
        assertEquals("", out, this::toString);
        final String first = err.lines().findFirst().orElse("");
        assertEquals(prefix + ": ", first.substring(0, Math.min(first.length(), prefix.length() + 2)), this::toString);
        assertTrue(first.contains(text), () -> "'" + text + "' is not in: " + this);
        assertFalse(err.contains("\tat "), this::toString);
    }
}
