package io.dmctl.lab;

import io.dmctl.lab.GuestResult.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// The guest's side: runs one test class and writes each result as it comes.
final class GuestMain {
    private GuestMain() {}

    /// Runs the class named by `args[0]` and writes its results to the file named by `args[1]`.
    public static void main(String[] args) throws IOException {
        takePackage();
        try (FileChannel results = FileChannel.open(
                Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            var request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(DiscoverySelectors.selectClass(args[0]))
                    .build();
            LauncherFactory.create().execute(request, new ResultWriter(results));
        }
        // A thread that a test left behind must not keep the guest up.
        System.exit(0);
    }

    /// Servers that a test starts are the packaged ones, with their class archive, as bin/dmctl starts them: `lab/run`
    /// has just looked for it.
    private static void takePackage() throws IOException {
        final Path built = Guest.checkout().resolve("dmctl/target");
        if (!Files.exists(built.resolve("launch"))) {
            return;
        }
        final Map<String, String> launch = new HashMap<>();
        for (String line : Files.readAllLines(built.resolve("launch"))) {
            final int equals = line.indexOf('=');
            launch.put(
                    line.substring(0, equals),
                    line.substring(equals + 1).replace("'", "").strip());
        }
        final String archive = launch.getOrDefault("launch_archive", "");
        if (!archive.isEmpty()) {
            System.setProperty("dmctl.archive", archive.replaceAll("\\.aot$", ".servers"));
            System.setProperty(
                    "dmctl.archive.class.path",
                    Stream.of(launch.getOrDefault("launch_jars", "").split(" "))
                            .map(jar -> built.resolve("modules").resolve(jar).toString())
                            .collect(Collectors.joining(":")));
        }
    }

    private static final class ResultWriter implements TestExecutionListener {
        private final FileChannel results;
        private long startNs;

        private ResultWriter(FileChannel results) {
            this.results = results;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            if (test.isTest()) {
                startNs = System.nanoTime();
                System.out.println("=== " + test.getDisplayName());
            }
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Outcome outcome = switch (result.getStatus()) {
                case SUCCESSFUL -> Outcome.PASSED;
                case ABORTED -> Outcome.ABORTED;
                case FAILED -> Outcome.FAILED;
            };
            String text = result.getThrowable()
                    .map(t -> outcome == Outcome.ABORTED ? String.valueOf(t.getMessage()) : trace(t))
                    .orElse("");
            if (test.isTest() || outcome != Outcome.PASSED) {
                System.out.println("=== " + test.getDisplayName() + ": " + outcome + " after "
                        + (System.nanoTime() - startNs) / 1_000_000 + " ms" + (text.isEmpty() ? "" : " " + text));
                write(new GuestResult(outcome, test.getUniqueId(), text));
            }
        }

        private static String trace(Throwable thrown) {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return text.toString();
        }

        /// Forced to the host at once: a kernel that dies in the next test must not take the results before it along.
        private void write(GuestResult result) {
            try {
                ByteBuffer line = ByteBuffer.wrap(result.toLine().getBytes(StandardCharsets.UTF_8));
                while (line.hasRemaining()) {
                    results.write(line);
                }
                results.force(true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
