package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.lab.Guest.Result;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/dmctl` and its class archive, on the host, in a copy of what is built.
class LauncherIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String FROM_ARCHIVE = "io.dmctl.cli.Main source: shared objects file";

    @TempDir
    Path top;

    @BeforeEach
    void copy() throws IOException {
        Path checkout = Guest.checkout();
        Files.createDirectories(top.resolve("dmctl/target"));
        copy(checkout.resolve("bin"), top.resolve("bin"));
        copy(checkout.resolve("dmctl/target/modules"), modules());
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }

    private Path modules() {
        return top.resolve("dmctl/target/modules");
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(top.resolve("dmctl/target/archive"))) {
            return files.filter(file -> file.toString().endsWith(".aot")).toList();
        }
    }

    private Result prepare(String... environment) {
        return run(environment, "bin/dmctl-prepare", "--no-build");
    }

    /// Runs what is there: the copy has no sources.
    private Result dmctl(String... environment) {
        List<String> all = new ArrayList<>(List.of("DMCTL_NO_BUILD=1"));
        all.addAll(List.of(environment));
        return run(all.toArray(new String[0]), "bin/dmctl", "--version");
    }

    private Result run(String[] environment, String program, String argument) {
        List<String> command = new ArrayList<>(List.of("env"));
        command.addAll(List.of(environment));
        command.add(top.resolve(program).toString());
        command.add(argument);
        return Guest.run(PATIENCE, command);
    }

    private String classesLoaded() {
        return dmctl("DMCTL_JAVA_OPTS=-Xlog:class+load -XX:AOTMode=on").ok();
    }

    @Test
    void classesComeFromTheArchive() throws IOException {
        prepare().ok();
        assertEquals(1, archives().size());
        String loaded = classesLoaded();
        assertTrue(loaded.contains(FROM_ARCHIVE), loaded);
        assertFalse(loaded.contains("slf4j"), "a command that logs nothing needs no logger");
        assertFalse(
                loaded.contains("source: file:"),
                () -> "not in the archive: "
                        + loaded.lines()
                                .filter(line -> line.contains("source: file:"))
                                .toList());
        assertEquals("", dmctl().err());
    }

    /// JDK 25.0.3 takes an archive although the jar is another one (JDK-8377932).
    @Test
    void archiveOfOtherJarsIsNotUsed() throws IOException {
        prepare().ok();
        Path old = archives().getFirst();
        FileTime time = Files.getLastModifiedTime(modules().resolve("dmctl-cli.jar"));
        replaceMain("edited");
        Files.setLastModifiedTime(modules().resolve("dmctl-cli.jar"), time);
        assertEquals("edited\n", dmctl().ok());
        prepare().ok();
        assertEquals(1, archives().size(), "the old one is removed");
        assertFalse(Files.exists(old));
        String loaded = classesLoaded();
        assertTrue(loaded.contains(FROM_ARCHIVE), loaded);
        assertTrue(loaded.contains("\nedited\n"), loaded);
    }

    private void replaceMain(String says) throws IOException {
        Path source = Files.writeString(
                Files.createDirectories(top.resolve("src/io/dmctl/cli")).resolve("Main.java"),
                "package io.dmctl.cli; class Streams {} class CommandFailure extends Exception {}"
                        + " public class Main { Main(Streams s, boolean d) {} int run(String... a) { return 0; }"
                        + " public static void main(String[] a) { System.out.println(\"" + says + "\"); } }");
        Path out = Files.createDirectories(top.resolve("classes"));
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "--release", "22", "-d", out.toString(), source.toString()));
        URI jar = URI.create("jar:" + modules().resolve("dmctl-cli.jar").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(jar, Map.of())) {
            Path main = zip.getPath("io/dmctl/cli/Main.class");
            Files.delete(main);
            Files.copy(out.resolve("io/dmctl/cli/Main.class"), main);
        }
    }

    @Test
    void severalAtOnceMakeOne() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<Result>> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                results.add(threads.submit(() -> prepare()));
            }
            Set<String> said = new HashSet<>();
            for (Future<Result> result : results) {
                said.add(result.get().ok());
            }
            assertEquals(1, said.size(), said::toString);
        }
        assertEquals(1, archives().size());
        assertTrue(classesLoaded().contains(FROM_ARCHIVE));
    }

    @Test
    void withoutAnArchiveItWorks() throws IOException {
        Path java = Path.of(System.getProperty("java.home"));
        Path jdk = top.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.copy(java.resolve("release"), jdk.resolve("release"));
        script(jdk.resolve("bin/javac"), "exit 1");
        script(
                jdk.resolve("bin/java"),
                "case \"$*\" in *AOTCacheOutput*) exit 1 ;; esac; exec " + java + "/bin/java \"$@\"");
        Result made = prepare("DMCTL_JAVA_HOME=" + jdk);
        assertTrue(made.ok().contains("launch_archive=''"), made::toString);
        assertTrue(made.err().startsWith("dmctl: no class archive could be made"), made::toString);
        Result run = dmctl("DMCTL_JAVA_HOME=" + jdk);
        assertTrue(run.ok().startsWith("dmctl "), run::toString);
        assertEquals("", run.err(), "told once");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    @Test
    void whereItIsCalledFromIsAllTheSame() throws IOException {
        prepare().ok();
        Path link = Files.createSymbolicLink(top.resolve("dmctl-link"), Path.of("bin/dmctl"));
        for (String call :
                List.of(link.toString(), "cd bin && ./dmctl", "cd bin && ../bin//dmctl", "PATH=$PWD/bin:$PATH dmctl")) {
            String script = "cd '" + top + "'; export DMCTL_NO_BUILD=1 DMCTL_JAVA_OPTS=-Xlog:class+load; " + call
                    + " --version";
            String loaded = Guest.sh(script).ok();
            assertTrue(loaded.contains(FROM_ARCHIVE), () -> call + ": " + loaded);
        }
    }
}
