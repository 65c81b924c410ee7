package io.dmctl.lab.parity;

import io.dmctl.lab.Guest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// `docs/kernel-coverage.md`: what the parity tests have shown of each target. The part between two marks is written by
/// a run; what a run was not about stays as it was.
final class CoveragePage {
    static final String PASS = "pass";
    private static final String FAIL = "FAIL";
    private static final String EXEMPT = "-";
    private static final String BEGIN = "<!-- written by lab/parity: begin -->\n";
    private static final String END = "<!-- written by lab/parity: end -->\n";
    /// Set by `lab/parity`: this run writes the page.
    private static final String WRITE = "dmctl.parity.page";

    private CoveragePage() {}

    /// By target and proof.
    record Results(Map<String, Map<Proof, String>> byTarget) {
        Results() {
            this(new TreeMap<>());
        }

        void put(String target, Proof proof, String result) {
            byTarget.computeIfAbsent(target, t -> new EnumMap<>(Proof.class)).put(proof, result);
        }

        String get(String target, Proof proof) {
            return byTarget.getOrDefault(target, Map.of()).getOrDefault(proof, "not run");
        }
    }

    static Path page() {
        return Guest.checkout().resolve("docs/kernel-coverage.md");
    }

    /// What the guest tells of its run, a line a proof; the same file on the host.
    static Path results() {
        return Guest.checkout().resolve("lab/target/lab/ParityLabIT/proofs");
    }

    static void record(ParityRow row, Proof proof, boolean passed) throws IOException {
        Files.writeString(
                results(),
                row.target() + " " + proof + " " + (passed ? PASS : FAIL) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /// The part of the page that a run writes.
    static String written(String page) {
        final int begin = page.indexOf(BEGIN);
        final int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException(page() + ": the marks of lab/parity are missing");
        }
        return page.substring(begin + BEGIN.length(), end);
    }

    /// The results in a page.
    static Results parse(String page) {
        final Results results = new Results();
        for (String line : written(page).lines().toList()) {
            final String[] fields = line.split("\\|", -1);
            if (fields.length == Proof.values().length + 4 && fields[1].startsWith(" [")) {
                final String target = fields[1].substring(2, fields[1].indexOf(']'));
                for (Proof proof : Proof.values()) {
                    results.put(target, proof, fields[2 + proof.ordinal()].strip());
                }
            }
        }
        return results;
    }

    static String render(List<ParityRow> rows, Results results) {
        final StringBuilder out = new StringBuilder("| Target |");
        for (Proof proof : Proof.values()) {
            out.append(' ').append(proof).append(' ').append(proof.title()).append(" |");
        }
        out.append(" Row of `ParityLabIT` |\n|")
                .append("---|".repeat(Proof.values().length + 2))
                .append('\n');
        final List<String> reasons = new ArrayList<>();
        for (ParityRow row : rows) {
            out.append("| [")
                    .append(row.target())
                    .append("](targets/")
                    .append(row.target())
                    .append(".md) |");
            for (Proof proof : Proof.values()) {
                final String reason = row.exempt().get(proof);
                if (reason != null) {
                    reasons.add("- " + row.target() + " " + proof + ": " + reason);
                }
                out.append(' ')
                        .append(reason == null ? results.get(row.target(), proof) : EXEMPT)
                        .append(" |");
            }
            out.append(" `").append(row.getClass().getSimpleName()).append("` |\n");
        }
        if (!reasons.isEmpty()) {
            out.append("\nNot proved, and why:\n\n")
                    .append(String.join("\n", reasons))
                    .append('\n');
        }
        return out.toString();
    }

    /// The page with the results of the last run in it.
    static String updated(String page) throws IOException {
        final Results results = parse(page);
        for (String line : Files.readAllLines(results())) {
            final String[] fields = line.split(" ", -1);
            results.put(fields[0], Proof.valueOf(fields[1]), fields[2]);
        }
        final String old = written(page);
        return page.replace(BEGIN + old + END, BEGIN + render(ParityRows.all(), results) + END);
    }

    /// On the host, after the boot, where this run is to write the page.
    static final class Writer implements AfterAllCallback {
        @Override
        public void afterAll(ExtensionContext context) {
            if (Guest.isHere() || System.getProperty(WRITE) == null) {
                return;
            }
            try {
                Files.writeString(page(), updated(Files.readString(page())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
