package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every other lab test takes for granted of the guest.
@LabTest(
        cpus = 2,
        disks = {"256M", "1G"},
        timeoutSeconds = 600)
class LabSmokeLabIT {
    @Test
    void kernelIsTheLabs() throws IOException {
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        assertTrue(Integer.parseInt(release.substring(0, release.indexOf('.'))) >= 6, release);
        assertEquals("lab", Guest.sh("hostname").ok().strip());
        assertEquals("0", Guest.sh("id -u").ok().strip());
        assertEquals("2", Guest.sh("nproc").ok().strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/dev/mapper/control", "/dev/ublk-control", "/dev/loop-control", "/dev/nbd0", "/dev/nullb0"})
    void deviceIsThere(String node) {
        assertTrue(Files.exists(Path.of(node)), node);
    }

    @Test
    void kernelHasTheTargets() {
        List<String> targets =
                Guest.sh("dmsetup targets | cut -d' ' -f1").ok().lines().toList();
        assertTrue(
                targets.containsAll(List.of("linear", "striped", "zero", "error", "crypt", "thin-pool")),
                targets::toString);
    }

    @Test
    void disksHaveTheirSizes() {
        assertEquals(
                (256L << 20) + "\n" + (1L << 30) + "\n",
                Guest.sh("blockdev --getsize64 /dev/ubda /dev/ubdb").ok());
    }

    @Test
    void fileSystemOnADmDeviceKeepsItsFiles() {
        Guest.sh("""
                        echo '0 524288 linear /dev/ubda 0' | dmsetup create smoke_dmctl_test_delme
                        dmsetup mknodes
                        mkfs.ext4 -q /dev/mapper/smoke_dmctl_test_delme
                        mount /dev/mapper/smoke_dmctl_test_delme /mnt
                        seq 100000 >/mnt/numbers
                        umount /mnt
                        mount /dev/mapper/smoke_dmctl_test_delme /mnt
                        seq 100000 | cmp - /mnt/numbers
                        umount /mnt
                        dmsetup remove smoke_dmctl_test_delme
                        """).ok();
    }
}
