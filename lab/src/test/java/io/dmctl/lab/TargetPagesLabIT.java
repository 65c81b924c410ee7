package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The examples in docs/targets do what they say: each ```` ```console ```` block is typed in as it stands, a command
/// after `$ `, and prints the lines behind it. /dev/sda and /dev/sdb are the guest's disks.
@LabTest(
        disks = {"16M", "16M"},
        timeoutSeconds = 600)
class TargetPagesLabIT {
    private static final String PROMPT = "$ ";
    private static final Duration BOUND = Duration.ofSeconds(60);

    /// A command and what it prints, standard error too.
    private record Step(String command, List<String> prints) {}

    static List<Path> pages() {
        try (Stream<Path> files = Files.list(Guest.checkout().resolve("docs/targets"))) {
            return files.filter(page -> !steps(page).isEmpty()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Step> steps(Path page) {
        final List<Step> steps = new ArrayList<>();
        boolean inside = false;
        try {
            for (String line : Files.readAllLines(page)) {
                if (line.startsWith("```")) {
                    inside = line.equals("```console");
                } else if (inside && line.startsWith(PROMPT)) {
                    steps.add(new Step(line.substring(PROMPT.length()), new ArrayList<>()));
                } else if (inside) {
                    steps.getLast().prints().add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return steps;
    }

    @BeforeAll
    static void nameTheDisks() {
        if (Guest.isHere()) {
            Guest.sh("""
                    for disk in a b; do
                        ln -sf /dev/ubd$disk /dev/sd$disk
                        head -c 16M /dev/urandom >/dev/ubd$disk
                    done""").ok();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theExampleOf(Path page) throws Exception {
        final Path folder = Files.createTempDirectory("example");
        for (Step step : steps(page)) {
            final String script =
                    "PATH=" + Guest.checkout().resolve("bin") + ":$PATH; cd " + folder + "; exec 2>&1; " + step.command;
            final Guest.Result result = Guest.run(BOUND, List.of("sh", "-c", script));
            assertEquals(String.join("\n", step.prints), result.out().strip(), () -> step.command + ": " + result);
            // One that fails says so: a silent failure would look like success here.
            if (step.prints.isEmpty()) {
                assertEquals(0, result.exitCode(), () -> step.command + ": " + result);
            }
        }
        Remains.requireNone();
    }

    @Test
    void thereAreExamples() {
        assertFalse(pages().isEmpty());
    }
}
