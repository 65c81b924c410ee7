package io.dmctl.backend.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountedDeviceTest {
    private static final List<String> MOUNTS = List.of(
            "20 1 8:1 / / rw - ext4 /dev/sda1 rw",
            "30 20 259:3 / /a\\040b rw,relatime shared:1 - ext4 /dev/ublkb0 rw",
            "31 20 259:3 /sub /again rw,relatime - ext4 /dev/ublkb0 rw",
            "32 20 0:44 /@ /pool rw - btrfs /dev/ublkb1 rw",
            "33 20 259:30 / /other rw - ext4 /dev/ublkb10 rw");

    @Test
    void oneMountPointOfEachFileSystem() {
        assertEquals(List.of(Path.of("/a b")), MountedDevice.parse(MOUNTS, "/dev/ublkb0", "259:3"));
    }

    @Test
    void fileSystemWithAnonymousNumbersIsFoundByItsSource() {
        assertEquals(List.of(Path.of("/pool")), MountedDevice.parse(MOUNTS, "/dev/ublkb1", "259:4"));
    }

    @Test
    void deviceThatIsNotMountedHasNone() {
        assertEquals(List.of(), MountedDevice.parse(MOUNTS, "/dev/ublkb3", "259:33"));
        assertEquals(List.of(), MountedDevice.parse(MOUNTS, "/dev/ublkb3", ""));
    }
}
