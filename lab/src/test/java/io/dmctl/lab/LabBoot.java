package io.dmctl.lab;

import io.dmctl.lab.GuestResult.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/// One boot of the lab for one test class: what ran, how it ended, and the file that its output is in.
/// @param exitCode of `lab/run`
/// @param log the guest's output and what `lab/run` said
record LabBoot(String className, int exitCode, Path log, Map<String, GuestResult> results) {
    static final boolean IN_CI = "true".equals(System.getenv("CI"));

    // Exit codes of lab/run that are about the lab, not about the command.
    static final int NO_EXIT_CODE = 96;
    static final int UNCLEAN_KERNEL_LOG = 97;
    static final int NO_LAB = 98;
    static final int TIMEOUT = 124;

    /// How many seconds the tests under load take, in place of the few of an ordinary run.
    private static final String SOAK_PROPERTY = "dmctl.soak";

    /// What chooses rows and seeds, on both sides.
    private static final String PARITY_PREFIX = "dmctl.parity";
    private static final String SEED = "dmctl.seed";

    /// Seconds under load: of `-Ddmctl.soak=SECONDS`, or `usual` without.
    static int soakSeconds(int usual) {
        final int seconds = Integer.getInteger(SOAK_PROPERTY, 0);
        return seconds > 0 ? seconds : usual;
    }

    /// How many cycles a test makes: those of an acceptance under `-Psoak` or `-Ddmctl.soak=SECONDS`, else a few.
    static int cycles(int soak, int usual) {
        return soakSeconds(0) > 0 ? soak : usual;
    }

    static LabBoot run(Class<?> test, LabTest needs) {
        try {
            requireKernel();
            Path folder = Files.createDirectories(Guest.checkout().resolve("lab/target/lab"));
            Path log = folder.resolve(test.getSimpleName() + ".log");
            // The guest may write to this folder of the host's and to no other.
            Path written = Files.createDirectories(folder.resolve(test.getSimpleName()));
            Path results = written.resolve("results");
            Files.deleteIfExists(results);
            Process lab = new ProcessBuilder(command(test, needs, written, results))
                    .directory(Guest.checkout().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            int exitCode = waitFor(lab);
            Map<String, GuestResult> byId = new HashMap<>();
            if (Files.exists(results)) {
                for (String line : Files.readAllLines(results)) {
                    GuestResult result = GuestResult.parse(line);
                    byId.put(result.uniqueId(), result);
                }
            }
            return new LabBoot(test.getName(), exitCode, log, Map.copyOf(byId));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Class<?> test, LabTest needs, Path written, Path results) {
        List<String> command = new ArrayList<>();
        command.add(Guest.checkout().resolve("lab/run").toString());
        command.addAll(List.of("--cpus", Integer.toString(needs.cpus()), "--mem", needs.memory()));
        // An acceptance makes up to twenty times the cycles, but only once what else a class does.
        final int bound = needs.timeoutSeconds() * cycles(6, 1) + soakSeconds(0);
        command.addAll(List.of("--timeout", Integer.toString(bound)));
        command.addAll(List.of("--write", written.toString(), "--log", written.resolve("kernel.log") + ""));
        for (String size : needs.disks()) {
            command.addAll(List.of("--disk", size));
        }
        for (String regex : needs.allowedKernelLog()) {
            command.addAll(List.of("--allow", regex));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A page fault is dear in the guest: a small, fixed, serial heap.
        command.addAll(
                List.of("-Xms64m", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-D" + Guest.PROPERTY + "=true"));
        command.add("-D" + SOAK_PROPERTY + "=" + soakSeconds(0));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(PARITY_PREFIX) || name.equals(SEED))
                .sorted()
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GuestMain.class.getName()));
        command.addAll(List.of(test.getName(), results.toString()));
        return command;
    }

    /// Builds the kernel on a first run, with its progress on this JVM's standard error.
    private static void requireKernel() throws IOException {
        Process kernel = new ProcessBuilder(
                        Guest.checkout().resolve("lab/kernel").toString())
                .redirectErrorStream(true)
                .start();
        String last = "";
        try (var lines = kernel.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("lab/kernel: ")) {
                    System.err.println(line);
                }
                last = line;
            }
        }
        if (waitFor(kernel) != 0) {
            if (IN_CI) {
                throw new GuestFailure("no lab kernel: " + last);
            }
            throw new TestAbortedException("no lab kernel: " + last);
        }
    }

    /// Waits for lab/run, which has its own timeout; a JVM that is ended meanwhile takes the guest along.
    private static int waitFor(Process process) {
        Thread end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the lab ran", e);
        } finally {
            process.destroy();
            Runtime.getRuntime().removeShutdownHook(end);
        }
    }

    /// The guest's result of the test, or of the innermost container around it that did not pass.
    GuestResult result(String uniqueId) {
        GuestResult own = results.get(uniqueId);
        if (own != null) {
            return own;
        }
        return results.values().stream()
                .filter(r -> uniqueId.startsWith(r.uniqueId() + "/"))
                .max(Comparator.comparingInt(r -> r.uniqueId().length()))
                .orElseGet(() -> new GuestResult(Outcome.FAILED, uniqueId, "no result; " + ending()));
    }

    /// Throws where the class as a whole went wrong, whatever its methods say.
    void requireCleanEnd() {
        List<String> broken = results.values().stream()
                .filter(r -> r.outcome() == Outcome.FAILED && r.uniqueId().endsWith("[class:" + className + "]"))
                .map(GuestResult::text)
                .toList();
        if (!broken.isEmpty()) {
            throw new GuestFailure("in the lab's guest: " + broken.getFirst());
        }
        if (exitCode != 0) {
            throw new GuestFailure(ending());
        }
    }

    private String ending() {
        String why = switch (exitCode) {
            case 0 -> "the guest ended well";
            case NO_EXIT_CODE -> "the guest's kernel died";
            case UNCLEAN_KERNEL_LOG -> "the guest's kernel log is not clean";
            case NO_LAB -> "the lab did not start";
            case TIMEOUT -> "the guest ran into its timeout";
            default -> "the guest's JVM ended with " + exitCode;
        };
        return why + ": " + log + ", its end:\n" + tail();
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return "(" + e + ")";
        }
    }
}
