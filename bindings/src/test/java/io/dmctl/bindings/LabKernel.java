package io.dmctl.bindings;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where the lab's kernel is: `DMCTL_LAB_KERNEL`, else what `lab/kernel --if-built` prints.
final class LabKernel {
    private static final String NEED = "needs the lab kernel's headers; lab/kernel builds them (about 6 minutes)";

    private LabKernel() {}

    /// The folder of the UAPI headers; the test is skipped, and says why, when there is none.
    static Path headersOrSkip() throws IOException, InterruptedException {
        final String folder = folder();
        final Path include = Path.of(folder, "include");
        final boolean there = !folder.isEmpty() && Files.isDirectory(include);
        if (!there) {
            System.out.println("SKIPPED: " + NEED);
        }
        assumeTrue(there, NEED);
        return include;
    }

    private static String folder() throws IOException, InterruptedException {
        final String named = System.getenv("DMCTL_LAB_KERNEL");
        if (named != null) {
            return named;
        }
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            final Path script = p.resolve("lab/kernel");
            if (Files.isExecutable(script)) {
                return print(List.of(script.toString(), "--if-built"));
            }
        }
        return "";
    }

    private static String print(List<String> command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? out.strip() : "";
    }
}
