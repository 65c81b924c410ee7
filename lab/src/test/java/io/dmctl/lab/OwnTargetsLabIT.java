package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The tutorial's targets, from a jar of one's own: a file system on them, and a new build put in use below it.
@LabTest(
        disks = {"64M", "64M"},
        timeoutSeconds = 600)
class OwnTargetsLabIT {
    private static final String NAME = "own_dmctl_test_delme";
    private static final int SECTORS = 131072;
    private static final String HELLO = "0 " + SECTORS + " hello_target /dev/ubda";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.close();
        Remains.requireNone();
    }

    /// Compiles the example, with `text` for `instead` in HelloTarget, and makes `jar` of it.
    private static void build(Path jar, String text, String instead) throws IOException {
        final Path example = Guest.checkout().resolve("examples/tutorial-targets/src/main/java");
        final Path work = Files.createTempDirectory("own-targets");
        final List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(example)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                final Path copy = work.resolve("src").resolve(example.relativize(file));
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                final String source = Files.readString(file);
                final boolean changed = file.endsWith("HelloTarget.java") && !text.isEmpty();
                Files.writeString(copy, changed ? source.replace(text, instead) : source);
                sources.add(copy.toString());
            }
        }
        final String targets = Path.of(Objects.requireNonNull(
                                TargetType.class.getProtectionDomain().getCodeSource())
                        .getLocation()
                        .getPath())
                .toString();
        tool(
                "javac",
                Stream.concat(
                        Stream.of(
                                "--release",
                                "22",
                                "-Xlint:all,-path",
                                "-Werror",
                                "-p",
                                targets,
                                "-d",
                                work + "/classes"),
                        sources.stream()));
        tool("jar", Stream.of("--create", "--file", jar.toString(), "-C", work + "/classes", "."));
    }

    private static void tool(String name, Stream<String> arguments) {
        final StringWriter told = new StringWriter();
        final PrintWriter to = new PrintWriter(told);
        final int code = ToolProvider.findFirst(name).orElseThrow().run(to, to, arguments.toArray(String[]::new));
        assertEquals(0, code, told::toString);
    }

    private String info() throws Exception {
        return devices
                .engines()
                .control(Engine.JAVA)
                .run(new DmTask.TableStatus(Devices.id(NAME), DmTask.TableStatus.Kind.INFO, false, false))
                .lines()
                .stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void aNewBuildIsPutInUseBelowAMountedFileSystem() throws Exception {
        final Path jar = Path.of("/tmp/hello.jar");
        build(jar, "", "");
        Guest.dmctl("create", NAME, "--module-path", jar.toString(), "--table", HELLO)
                .ok();
        assertEquals("0 " + SECTORS + " hello_target Hello, world", info());
        final String row = "hello_target     v1.0.0 java " + jar;
        assertEquals(
                List.of(row),
                Guest.dmctl("targets")
                        .ok()
                        .lines()
                        .filter(line -> line.startsWith("hello_target"))
                        .toList());
        Guest.sh("""
                mkfs.ext4 -q /dev/mapper/%1$s
                mkdir -p /tmp/own
                mount /dev/mapper/%1$s /tmp/own
                dd if=/dev/urandom of=/tmp/own/file bs=64k count=32 status=none
                md5sum < /tmp/own/file > /tmp/own-sum
                """.formatted(NAME)).ok();

        build(jar, "Hello, world", "Hello again");
        devices.swapJava(NAME, HELLO); // the device's record has the path
        assertEquals("0 " + SECTORS + " hello_target Hello again", info());
        Guest.sh("""
                echo 3 > /proc/sys/vm/drop_caches
                md5sum < /tmp/own/file | cmp - /tmp/own-sum
                """).ok();

        // A build that fails in its constructor is refused, and what runs goes on.
        build(jar, "this.dev = dev;", "this.dev = dev; if (true) throw new IllegalStateException(\"not today\");");
        final DmException refused =
                assertThrows(DmException.class, () -> devices.load(Engine.JAVA, NAME, HELLO, Devices.UBLK));
        assertEquals(Errno.EINVAL, refused.errno());
        assertTrue(String.valueOf(refused.reason()).contains("not today"), refused::toString);
        assertEquals("0 " + SECTORS + " hello_target Hello again", info());
        Files.delete(jar);
        final Guest.Result without = Guest.dmctl("targets");
        assertTrue(without.ok().contains("\nzero "), without::toString);
        assertTrue(without.err().contains(jar.toString()), without::toString);
        Guest.sh("""
                echo more > /tmp/own/more
                umount /tmp/own
                e2fsck -fn /dev/mapper/%s
                """.formatted(NAME)).ok();
        devices.remove(Engine.JAVA, NAME);
    }

    @Test
    void basicTargetTellsWhatItMapped() throws Exception {
        final Path jar = Path.of("/tmp/basic.jar");
        build(jar, "", "");
        devices.create(
                Engine.JAVA, NAME, "0 1024 basic_target /dev/ubdb 8", Devices.UBLK.withModulePath(jar.toString()));
        Guest.sh("dd if=/dev/zero of=/dev/mapper/" + NAME + " bs=4k count=1 seek=3 oflag=direct status=none")
                .ok();
        final String told = devices.engines()
                .control(Engine.JAVA)
                .run(new DmTask.TargetMessage(Devices.id(NAME), 0, "log"))
                .orElseThrow();
        assertTrue(told.lines().toList().contains("write request, sector 24, 8 sectors"), told);
        devices.remove(Engine.JAVA, NAME);
    }
}
