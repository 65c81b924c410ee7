package io.dmctl.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a lab test does with its guest: run programs and look at what came of them.
public final class Guest {
    public static final String PROPERTY = "dmctl.lab.guest";
    public static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Guest() {}

    /// Whether this JVM runs inside the lab's guest.
    public static boolean isHere() {
        return Boolean.getBoolean(PROPERTY);
    }

    /// The checkout's top folder: the nearest one above the current folder that has a `lab/run`.
    public static Path checkout() {
        for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            if (Files.isExecutable(dir.resolve("lab/run"))) {
                return dir;
            }
        }
        throw new IllegalStateException(
                "not inside the checkout: " + Path.of("").toAbsolutePath());
    }

    /// Runs `bin/dmctl` with these arguments.
    public static Result dmctl(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(checkout().resolve("bin/dmctl").toString());
        command.addAll(List.of(arguments));
        return run(TIMEOUT, command);
    }

    /// Runs a script by `sh -e`.
    public static Result sh(String script) {
        return run(TIMEOUT, List.of("sh", "-ec", script));
    }

    public static Result run(Duration timeout, List<String> command) {
        return run(timeout, command, "");
    }

    /// Runs a program to its end, with `input` on its standard input. One that takes longer than `timeout` is
    /// killed and fails the test. Output goes through files: a server that the program leaves behind, and that
    /// holds its standard output, keeps nobody waiting.
    public static Result run(Duration timeout, List<String> command, String input) {
        try {
            Path folder = Files.createTempDirectory("guest-run");
            Path in = Files.writeString(folder.resolve("in"), input);
            Path out = folder.resolve("out");
            Path err = folder.resolve("err");
            Process process = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            Result result = new Result(command, ended ? process.exitValue() : -1, read(out), read(err));
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
            Files.delete(folder);
            if (!ended) {
                throw new AssertionError("not done after " + timeout + ": " + result);
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + command, e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /// How a program ended and what it wrote.
    public record Result(List<String> command, int exitCode, String out, String err) {
        /// Standard output, of a program that ended with 0; anything else fails the test with all that is known.
        public String ok() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + ": " + this);
            }
            return out;
        }

        @Override
        public String toString() {
            return String.join(" ", command) + "\nexit code " + exitCode + "\nstdout: " + out + "\nstderr: " + err;
        }
    }
}
