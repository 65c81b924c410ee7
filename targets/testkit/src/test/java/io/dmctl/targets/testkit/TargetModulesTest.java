package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TargetModules;
import io.dmctl.targets.core.TargetModulesException;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.TargetType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A user's jar, compiled here: loaded, replaced, and what is wrong with it told.
class TargetModulesTest {
    @TempDir
    Path dir;

    private static final String SOURCE = """
            package mine;
            import io.dmctl.targets.spi.*;
            import java.util.List;
            public final class MineType implements TargetType {
                public String name() { return "NAME"; }
                public TargetVersion version() { return new TargetVersion(1, 0, VERSION); }
                public List<DeviceArg> deviceArgs(TargetArgs args) { return List.of(); }
                public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
                    throw TargetException.invalid(new Helper().text());
                }
            }
            class Helper {
                String text() { return "helped"; }
            }
            """;

    /// A folder with the classes of module `mine`, whose type has this name and version.
    private Path compile(String name, int version) throws IOException {
        final Path source = Files.createDirectories(dir.resolve("src" + name + version));
        final Path classes = dir.resolve("classes" + name + version);
        final Path info = Files.writeString(
                source.resolve("module-info.java"),
                "module mine { requires io.dmctl.targets; provides io.dmctl.targets.spi.TargetType with mine.MineType; }");
        final Path type = Files.writeString(
                Files.createDirectories(source.resolve("mine")).resolve("MineType.java"),
                SOURCE.replace("NAME", name).replace("VERSION", Integer.toString(version)));
        final String targets = Path.of(Objects.requireNonNull(
                                TargetType.class.getProtectionDomain().getCodeSource())
                        .getLocation()
                        .getPath())
                .toString();
        final StringWriter told = new StringWriter();
        final PrintWriter to = new PrintWriter(told);
        assertEquals(
                0,
                ToolProvider.findFirst("javac")
                        .orElseThrow()
                        .run(
                                to,
                                to,
                                "--module-path",
                                targets,
                                "-d",
                                classes.toString(),
                                info.toString(),
                                type.toString()),
                told::toString);
        return classes;
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }

    @Test
    void aFolderOfClassesAFolderOfJarsAndAJarAreRead() throws Exception {
        final Path classes = compile("mine", 1);
        final Path jars = Files.createDirectories(dir.resolve("jars"));
        jar(classes, jars.resolve("mine.jar"));
        for (Path place : List.of(classes, jars, jars.resolve("mine.jar"))) {
            final TargetRegistry all = TargetRegistry.load().with(TargetModules.load(place.toString(), null));
            assertEquals("mine", Objects.requireNonNull(all.find("mine")).name());
            assertEquals("linear", Objects.requireNonNull(all.find("linear")).name());
        }
    }

    /// The jar is written over while its types are in use: they go on, with classes that were not used before, too.
    @Test
    void aJarThatWasBuiltAnewIsNewCodeAndTheOldOneLivesOn() throws Exception {
        final Path jar = dir.resolve("mine.jar");
        jar(compile("mine", 1), jar);
        final TargetModules first = TargetModules.load(jar.toString(), null);
        assertSame(first, TargetModules.load(jar.toString(), first), "nothing has changed");
        jar(compile("mine", 2), jar);
        final TargetModules second = TargetModules.load(jar.toString(), first);
        assertNotSame(
                first.types().getFirst().getClass(), second.types().getFirst().getClass());
        assertEquals(1, first.types().getFirst().version().patch());
        assertEquals(2, second.types().getFirst().version().patch());
        Files.delete(jar);
        try (TestGroup g = new TestGroup(1, first.types().toArray(new TargetType[0]))) {
            final TableException refused = assertThrows(TableException.class, () -> g.create("dev", "0 8 mine"));
            assertTrue(String.valueOf(refused.getMessage()).contains("helped"), refused.getMessage());
        }
    }

    @Test
    void whatIsWrongIsTold() throws Exception {
        refused("/nosuch/place", "no such file or folder");
        refused(Files.createDirectories(dir.resolve("empty")).toString(), "provides a io.dmctl.targets.spi.TargetType");
        final Path damaged = Files.write(dir.resolve("damaged.jar"), new byte[100]);
        refused(damaged.toString(), "damaged.jar");
        final TargetModules again = TargetModules.load(compile("linear", 1).toString(), null);
        final TargetModulesException twice = assertThrows(
                TargetModulesException.class, () -> TargetRegistry.load().with(again));
        assertTrue(twice.getMessage().contains("target type linear is provided twice"), twice.getMessage());
        assertEquals(
                List.of("linear"), again.types().stream().map(TargetType::name).toList());
    }

    private static void refused(String path, String text) {
        final TargetModulesException e =
                assertThrows(TargetModulesException.class, () -> TargetModules.load(path, null));
        assertTrue(e.getMessage().contains(path) && e.getMessage().contains(text), e.getMessage());
    }
}
