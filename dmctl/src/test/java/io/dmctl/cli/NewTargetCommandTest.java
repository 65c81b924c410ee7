package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TargetModules;
import io.dmctl.targets.spi.TargetType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is generated compiles without a warning and is found as a target.
class NewTargetCommandTest {
    @TempDir
    Path dir;

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hello_target, HelloTarget, hellotarget",
        "xor, XorTarget, xortarget",
        "switch, SwitchTarget, switchtarget",
        "target, TargetTarget, targettarget",
        "a-b__c9, ABC9Target, abc9target",
    })
    void compilesAndIsFound(String name, String className, String packageName) throws Exception {
        final Path folder = dir.resolve("project");
        final CliRun run = CliRun.of("new-target", name, "--dir", folder.toString());
        assertEquals(0, run.exitCode(), run::toString);
        final List<Path> files = files(folder);
        for (Path file : files) {
            assertTrue(run.out().contains(file + "\n"), file::toString);
            assertFalse(Files.readString(file).matches("(?s).*@[A-Z]+@.*"), file::toString);
        }
        assertEquals(8, files.size());
        final String sources = folder.resolve("src/main/java").toString();
        assertTrue(
                files.contains(Path.of(sources, "mytargets", packageName, className + "Type.java")), files::toString);
        final List<String> javac = new ArrayList<>(List.of(
                "--release", "22", "-Xlint:all", "-Werror", "--module-path", targets(), "-d", dir + "/classes"));
        files.stream().map(Path::toString).filter(f -> f.startsWith(sources)).forEach(javac::add);
        final StringWriter told = new StringWriter();
        final PrintWriter to = new PrintWriter(told);
        assertEquals(
                0,
                ToolProvider.findFirst("javac").orElseThrow().run(to, to, javac.toArray(new String[0])),
                told::toString);
        final List<TargetType> types =
                TargetModules.load(dir + "/classes", null).types();
        assertEquals(List.of(name), types.stream().map(TargetType::name).toList());
    }

    private static String targets() throws Exception {
        return Path.of(Objects.requireNonNull(
                                TargetType.class.getProtectionDomain().getCodeSource())
                        .getLocation()
                        .toURI())
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello", "1st", "a/b", "sixteen-letters-", "a b"})
    void otherNamesAreRefused(String name) {
        CliRun.of("new-target", name, "--dir", dir.resolve("x").toString())
                .refused(ExitCode.USAGE, "dmctl new-target", "NAME must be 1 to 15");
        assertFalse(Files.exists(dir.resolve("x")));
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        Files.writeString(dir.resolve("mine"), "mine");
        CliRun.of("new-target", "a", "--dir", dir.toString())
                .refused(ExitCode.BUSY, "dmctl new-target", dir + ": is there already");
        assertEquals(List.of(dir.resolve("mine")), files(dir));
    }
}
