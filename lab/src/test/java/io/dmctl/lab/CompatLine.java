package io.dmctl.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A command line of `dmsetup-lines.txt` or `dmstats-lines.txt`; the heads of the files say how they are written.
///
/// @param compared false: only a preparation for the lines below it
/// @param repeated also in a repetition with another option
/// @param once in no repetition
/// @param program dmsetup or dmstats, `sh` for a preparation that is neither
record CompatLine(
        String text,
        boolean compared,
        boolean repeated,
        boolean once,
        Map<String, String> variables,
        String program,
        List<String> words,
        String input) {
    /// What the file has for one host.
    ///
    /// @param launched by bin/dmctl, not in the test's own JVM
    record Scenario(String name, boolean launched, List<CompatLine> lines) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// `old` in what dmsetup says is read as `replacement`.
    record Exemption(String old, String replacement) {}

    /// The scenarios of `file`, each of those that are done again behind the one that it repeats.
    static List<Scenario> scenarios(String file) {
        final List<Scenario> scenarios = new ArrayList<>();
        final Map<String, String> options = new HashMap<>();
        for (String line : file(file)) {
            if (line.startsWith("[")) {
                final String[] words = line.substring(1).split("[] ]+", -1);
                scenarios.add(new Scenario(words[0], line.endsWith("launched"), new ArrayList<>()));
                if (line.contains("] again ")) {
                    options.put(words[0], words[2]);
                }
            } else if (!line.startsWith("= ")) {
                scenarios.getLast().lines().add(parse(line));
            }
        }
        for (Scenario scenario : List.copyOf(scenarios)) {
            final String option = options.get(scenario.name());
            if (option != null) {
                scenarios.add(scenarios.indexOf(scenario) + 1, repeated(scenario, option));
            }
        }
        return scenarios;
    }

    private static Scenario repeated(Scenario scenario, String option) {
        final List<CompatLine> lines = scenario.lines().stream()
                .filter(line -> !line.once())
                .map(line -> line.with(option))
                .toList();
        return new Scenario(scenario.name() + " " + option, false, lines);
    }

    private CompatLine with(String option) {
        if (!compared || !repeated) {
            return this;
        }
        final List<String> longer = new ArrayList<>(List.of(option));
        longer.addAll(words);
        return new CompatLine(option + " " + text, true, true, false, variables, program, longer, input);
    }

    static List<Exemption> exemptions() {
        final List<Exemption> exemptions = new ArrayList<>();
        for (String line : file("dmsetup-lines.txt")) {
            if (line.startsWith("= ")) {
                final String[] parts = line.substring(2).split(" => | : ", 3);
                exemptions.add(new Exemption(
                        words(parts[0]).getFirst(), words(parts[1]).getFirst()));
            }
        }
        return exemptions;
    }

    private static List<String> file(String name) {
        try (InputStream in = Objects.requireNonNull(CompatLine.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompatLine parse(String line) {
        if (line.startsWith("! ")) {
            return new CompatLine(line, false, false, false, Map.of(), "sh", List.of("-c", line.substring(2)), "");
        }
        final boolean compared = !line.startsWith("+ ");
        final boolean once = line.startsWith("- ");
        final boolean repeated = compared && !once && !line.startsWith("~ ");
        final String[] parts = (repeated ? line : line.substring(2)).split(" <<< ", 2);
        final List<String> words = new ArrayList<>(words(parts[0]));
        final Map<String, String> variables = new LinkedHashMap<>();
        while (!words.isEmpty() && words.getFirst().matches("[A-Z_]+=.*")) {
            final String[] variable = words.removeFirst().split("=", 2);
            variables.put(variable[0], variable[1]);
        }
        final boolean stats = !words.isEmpty() && words.getFirst().equals("dmstats");
        if (stats) {
            words.removeFirst();
        }
        return new CompatLine(
                line,
                compared,
                repeated,
                once,
                variables,
                stats ? "dmstats" : "dmsetup",
                words,
                parts.length == 1 ? "" : words(parts[1]).getFirst());
    }

    /// Splits a line into words, as sh does: `'...'`, `"..."`, `\c`, and `$'...'` with `\n`, `\t` and `\\`.
    private static List<String> words(String line) {
        final List<String> words = new ArrayList<>();
        final StringBuilder word = new StringBuilder();
        boolean inWord = false;
        int at = 0;
        while (at < line.length()) {
            final char c = line.charAt(at);
            if (c == ' ') {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                inWord = false;
                at++;
                continue;
            }
            inWord = true;
            if (c == '\'' || c == '"') {
                final int end = line.indexOf(c, at + 1);
                word.append(line, at + 1, end);
                at = end + 1;
            } else if (line.startsWith("$'", at)) {
                final int end = line.indexOf('\'', at + 2);
                word.append(line.substring(at + 2, end)
                        .replace("\\n", "\n")
                        .replace("\\t", "\t")
                        .replace("\\\\", "\\"));
                at = end + 1;
            } else {
                at += c == '\\' ? 1 : 0;
                word.append(line.charAt(at++));
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
