package io.dmctl.backend.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
    @TempDir
    Path dir;

    @Test
    void recordIsFoundByNameAndUuidWhateverTheirBytes() throws IOException {
        final Registry registry = Registry.at(dir.resolve("run"));
        final DmName name = DmName.of(".~ a%b\\x20\u00e9" + "n".repeat(100));
        final DmUuid uuid = DmUuid.of("LVM-/../x y");
        registry.create(name, Optional.of(uuid));
        assertEquals(name, registry.find(DmId.of(name)).orElseThrow().name());
        assertEquals(name, registry.find(DmId.of(uuid)).orElseThrow().name());
        assertEquals(
                List.of(name), registry.all().stream().map(DeviceRecord::name).toList());
        registry.remove(name);
        assertTrue(registry.find(DmId.of(uuid)).isEmpty());
        assertTrue(registry.all().isEmpty());
    }

    @Test
    void lookingMakesNothing() throws IOException {
        final Path root = dir.resolve("run");
        assertTrue(Registry.at(root).all().isEmpty());
        assertTrue(Files.notExists(root));
    }

    @Test
    void folderOfAnotherUserIsNotBelieved() throws IOException {
        final Path root = Files.createDirectory(dir.resolve("run"));
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root, to give a folder away: run the tests as root");
        Files.setAttribute(root, "unix:uid", 65534);
        final Registry registry = Registry.at(root);
        assertTrue(assertThrows(IOException.class, registry::all).toString().contains("belongs to user 65534"));
        assertThrows(IOException.class, () -> registry.create(DmName.of("d"), Optional.empty()));
    }
}
