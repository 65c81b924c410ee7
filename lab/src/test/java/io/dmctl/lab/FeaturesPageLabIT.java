package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The command lines of docs/features.md do what the page says, in its order.
@LabTest(
        disks = {"64M", "64M"},
        timeoutSeconds = 600)
class FeaturesPageLabIT {
    /// Feature, command line, exit code, text; a `\|` is no border.
    private static final Pattern ROW = Pattern.compile("\\| (.*?) \\| `(.*)` \\| (\\d+) \\| (.*?) ?\\|");

    private static final int LEAST_ROWS = 40;

    @AfterEach
    void nothingIsLeft() throws Exception {
        Remains.requireNone();
    }

    @Test
    void everyRowIsAsThePageSays() throws IOException {
        final Path folder = Files.createTempDirectory("features");
        final List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (String line : Files.readAllLines(Guest.checkout().resolve("docs/features.md"))) {
            final Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                continue;
            }
            rows++;
            final String command = row.group(2).replace("\\|", "|");
            final Guest.Result result = Guest.run(
                    Guest.TIMEOUT,
                    List.of(
                            "sh",
                            "-c",
                            "PATH=" + Guest.checkout().resolve("bin") + ":$PATH; A=/dev/ubda B=/dev/ubdb T=" + folder
                                    + "\n" + command));
            final boolean told = (result.out() + result.err()).contains(row.group(4));
            System.out.println(row.group(1) + ": exit code " + result.exitCode() + (told ? "" : ", and another text"));
            if (result.exitCode() != Integer.parseInt(row.group(3)) || !told) {
                wrong.add(row.group(1) + ": expected " + row.group(3) + " and '" + row.group(4) + "': " + result);
            }
        }
        assertEquals("", String.join("\n\n", wrong));
        assertEquals(true, rows >= LEAST_ROWS, () -> "the page has fewer rows than " + LEAST_ROWS);
    }
}
