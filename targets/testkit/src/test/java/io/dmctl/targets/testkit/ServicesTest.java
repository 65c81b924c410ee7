package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.TargetType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Targets are found on the class path and on the module path alike.
class ServicesTest {
    private static final String SERVICE = TargetType.class.getName();

    @Test
    void theServicesFileAndTheModuleAgree() throws IOException, URISyntaxException {
        final Set<String> onClassPath;
        try (InputStream in = Objects.requireNonNull(
                TargetType.class.getResourceAsStream("/META-INF/services/" + SERVICE), "services file")) {
            onClassPath = new TreeSet<>(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        }
        final Path where = Path.of(TargetType.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        final Set<String> inModule = new TreeSet<>();
        ModuleFinder.of(where).find("io.dmctl.targets").orElseThrow().descriptor().provides().stream()
                .filter(p -> p.service().equals(SERVICE))
                .forEach(p -> inModule.addAll(p.providers()));
        assertEquals(inModule, onClassPath);
    }

    @Test
    void allAreFoundByName() {
        final List<String> names = List.of(
                "crypt",
                "delay",
                "dust",
                "error",
                "flakey",
                "linear",
                "log-writes",
                "mirror",
                "null",
                "striped",
                "switch",
                "trace",
                "unstriped",
                "zero");
        assertEquals(
                names,
                TargetRegistry.load().all().stream().map(TargetType::name).toList());
    }

    @Test
    void aNameIsProvidedOnce() {
        final TargetType type = OurTargets.named("zero");
        assertThrows(IllegalStateException.class, () -> TargetRegistry.of(List.of(type, type)));
    }

    @Test
    void aNameFitsATargetSpec() {
        final TargetType fits = new TestTargets.OneDeviceType("fifteen-letters", TestTargets.PassThrough::new);
        assertEquals(List.of(fits), List.copyOf(TargetRegistry.of(List.of(fits)).all()));
        final TargetType long16 = new TestTargets.OneDeviceType("sixteen-letters-", TestTargets.PassThrough::new);
        assertThrows(IllegalStateException.class, () -> TargetRegistry.of(List.of(long16)));
    }
}
