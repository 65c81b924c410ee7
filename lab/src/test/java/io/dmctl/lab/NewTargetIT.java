package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.testkit.TargetContractTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Outside of the project, with Maven, as a user does it: what `dmctl new-target` makes, and the tutorial's
/// targets, compile and pass their contract tests at once. The local repository is this machine's, with dmctl's
/// artifacts of this build.
class NewTargetIT {
    private static final Duration BOUND = Duration.ofMinutes(5);

    @TempDir
    Path dir;

    private Path repository = Path.of("");

    @BeforeEach
    void makeRepository() throws IOException {
        repository = Files.createDirectories(dir.resolve("repository"));
        final Path ours = Path.of(System.getProperty("user.home"), ".m2", "repository");
        link(ours, repository, "io");
        link(ours.resolve("io"), Files.createDirectories(repository.resolve("io")), "dmctl");
        final Path checkout = Guest.checkout();
        artifact("dmctl-parent", checkout.resolve("pom.xml"), null);
        artifact("dmctl-targets", checkout.resolve("targets/pom.xml"), TargetType.class);
        artifact("dmctl-targets-testkit", checkout.resolve("targets/testkit/pom.xml"), TargetContractTest.class);
    }

    /// Links what is in `from`, all but one name, into `to`.
    private static void link(Path from, Path to, String but) throws IOException {
        try (Stream<Path> all = Files.list(from)) {
            for (Path one : all.filter(p -> !p.endsWith(but)).toList()) {
                Files.createSymbolicLink(to.resolve(one.getFileName()), one);
            }
        }
    }

    private void artifact(String name, Path pom, @org.jspecify.annotations.Nullable Class<?> ofJar) throws IOException {
        final String version = version();
        final Path folder = Files.createDirectories(
                repository.resolve("io/dmctl").resolve(name).resolve(version));
        Files.copy(pom, folder.resolve(name + "-" + version + ".pom"));
        if (ofJar != null) {
            final Path jar =
                    Path.of(Objects.requireNonNull(ofJar.getProtectionDomain().getCodeSource())
                            .getLocation()
                            .getPath());
            assertTrue(Files.isRegularFile(jar), () -> jar + " is no jar: run this with the phase verify");
            Files.copy(jar, folder.resolve(name + "-" + version + ".jar"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String version() throws IOException {
        return Files.readString(Guest.checkout().resolve("targets/pom.xml"))
                .replaceAll("(?s).*?<version>(.*?)<.*", "$1");
    }

    private void mvnPackage(Path project) {
        final String home = System.getenv("MAVEN_HOME");
        final String mvn = home == null ? "mvn" : home + "/bin/mvn";
        Guest.run(
                        BOUND,
                        List.of(
                                "env",
                                "JAVA_HOME=" + System.getProperty("java.home"),
                                "MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED",
                                mvn,
                                "-o",
                                "-B",
                                "-Dmaven.repo.local=" + repository,
                                "-f",
                                project.resolve("pom.xml").toString(),
                                "package"))
                .ok();
    }

    @Test
    void theSkeletonCompilesAndPassesItsContractTest() throws IOException {
        final Path project = dir.resolve("my_target");
        final String out = Guest.dmctl("new-target", "my_target", "--dir", project.toString())
                .ok();
        assertTrue(out.contains("mvn package"), out);
        mvnPackage(project);
        assertTrue(Files.isRegularFile(project.resolve("target/my_target.jar")));
        assertTrue(
                Files.readString(project.resolve("target/surefire-reports/mytargets.mytarget.MyTargetContractTest.txt"))
                        .contains("Failures: 0, Errors: 0"));
    }

    @Test
    void theTutorialsTargetsCompileAndPassTheirContractTests() throws IOException {
        final Path project = dir.resolve("tutorial");
        final Path example = Guest.checkout().resolve("examples/tutorial-targets");
        try (Stream<Path> files = Files.walk(example)) {
            for (Path file : files.filter(f -> Files.isRegularFile(f) && !f.startsWith(example.resolve("target")))
                    .toList()) {
                final Path copy = project.resolve(example.relativize(file));
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                Files.copy(file, copy);
            }
        }
        mvnPackage(project);
        assertTrue(Files.isRegularFile(project.resolve("target/tutorial-targets.jar")));
    }
}
