package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.cli.compat.Dmsetup;
import io.dmctl.cli.compat.Shell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs dmsetup or dmstats and `dmctl --compat` over the same command lines and compares what they say, to the byte.
///
/// Devices have short names here: columns are as wide as names are, and the guest is thrown away.
final class CompatComparison {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /// What a program said and how it ended.
    private record Said(String out, String err, int exitCode) {
        /// Without what is another one each time, and what dmsetup says where the machine is too slow for an interval.
        Said timeless() {
            return new Said(
                    out.replaceAll("Timestamp: +\\d+\\.\\d{9}", "Timestamp: T"),
                    err.replaceAll("WARNING: Try increasing --interval \\(\\d+ missed timer events\\)\\.\n", ""),
                    exitCode);
        }

        Said exempted() {
            String exemptOut = out;
            String exemptErr = err;
            for (CompatLine.Exemption exemption : CompatLine.exemptions()) {
                exemptOut = exemptOut.replace(exemption.old(), exemption.replacement());
                exemptErr = exemptErr.replace(exemption.old(), exemption.replacement());
            }
            return new Said(exemptOut, exemptErr, exitCode);
        }
    }

    private CompatComparison() {}

    /// Fails with all lines of `scenario` that differ.
    static void compare(CompatLine.Scenario scenario) throws IOException {
        final List<Said> theirs = theirs(scenario);
        clean();
        final StringBuilder differences = new StringBuilder();
        int differing = 0;
        for (int i = 0; i < scenario.lines().size(); i++) {
            final CompatLine line = scenario.lines().get(i);
            if (!line.compared()) {
                Guest.run(TIMEOUT, command(line, List.of(line.program())), line.input())
                        .ok();
                continue;
            }
            final Said expected = theirs.get(i).exempted().timeless();
            final Said said = (scenario.launched() ? launched(line) : inProcess(line)).timeless();
            if (!expected.equals(said)) {
                differing++;
                differences.append("\n>>> ").append(line.text());
                differences.append("\n--- theirs: ").append(expected);
                differences.append("\n--- ours:   ").append(said);
            }
        }
        clean();
        final int failed = differing;
        assertTrue(failed == 0, () -> failed + " of " + scenario.lines().size() + " lines differ" + differences);
    }

    private static void clean() {
        Guest.sh("""
            for i in 1 2 3; do dmsetup remove_all -f >/dev/null 2>&1 || :; done
            rm -f /dev/mapper/[!c]*
            """).ok();
    }

    private static List<String> command(CompatLine line, List<String> program) {
        final List<String> command = new ArrayList<>(List.of("env"));
        line.variables().forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(program);
        command.addAll(line.words());
        return command;
    }

    /// All lines of dmsetup in one script: the start of a process is dear here.
    private static List<Said> theirs(CompatLine.Scenario scenario) throws IOException {
        clean();
        final Path folder = Files.createTempDirectory("compat");
        final StringBuilder script = new StringBuilder("cd " + folder + "\n");
        for (int i = 0; i < scenario.lines().size(); i++) {
            final CompatLine line = scenario.lines().get(i);
            Files.writeString(folder.resolve(i + ".in"), line.input());
            for (String word : command(line, List.of("timeout", "10", line.program()))) {
                script.append('\'').append(word.replace("'", "'\\''")).append("' ");
            }
            script.append("<%d.in >%d.out 2>%d.err; echo $? >%d.code%n".formatted(i, i, i, i));
        }
        Guest.run(TIMEOUT, List.of("sh"), script.toString()).ok();
        final List<Said> said = new ArrayList<>();
        for (int i = 0; i < scenario.lines().size(); i++) {
            final Said one = new Said(
                    Files.readString(folder.resolve(i + ".out")),
                    Files.readString(folder.resolve(i + ".err")),
                    Integer.parseInt(
                            Files.readString(folder.resolve(i + ".code")).strip()));
            final CompatLine line = scenario.lines().get(i);
            assertTrue(line.compared() || one.exitCode() == 0, () -> line.text() + ": " + one);
            assertTrue(one.exitCode() <= 1, () -> line.text() + ": " + one);
            said.add(one);
        }
        return said;
    }

    private static Said inProcess(CompatLine line) {
        final Map<String, String> env = new HashMap<>(System.getenv());
        env.putAll(line.variables());
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final Shell shell = new Shell(
                new ByteArrayInputStream(line.input().getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                env);
        final int exitCode = Dmsetup.run(line.program(), line.words(), shell);
        return new Said(out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8), exitCode);
    }

    private static Said launched(CompatLine line) {
        final Path launcher = Guest.checkout().resolve("bin/dmctl");
        final Guest.Result result = Guest.run(
                TIMEOUT, command(line, List.of(launcher.toString(), "--compat=" + line.program())), line.input());
        return new Said(result.out(), result.err(), result.exitCode());
    }
}
