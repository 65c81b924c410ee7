package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.sys.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Devices on devices, of one engine and of both, and who may have a disk.
@LabTest(
        cpus = 2,
        disks = {"256M", "256M"},
        timeoutSeconds = 600)
class StackedLabIT {
    private static final String LOWER = "lower_dmctl_test_delme";
    private static final String UPPER = "upper_dmctl_test_delme";
    private static final String ON_DISK = "0 262144 linear /dev/ubda 2048";
    private static final String ON_LOWER = "0 131072 linear /dev/mapper/" + LOWER + " 1024";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(UPPER, LOWER);
        devices.close();
        Remains.requireNone();
    }

    /// What is written to the upper device is in its place on the disk, at this sector.
    private static void requireBytesOnDisk(String name, String disk, long sector) {
        Guest.sh("""
                dd if=/dev/urandom of=/tmp/stacked bs=64k count=32 status=none
                dd if=/tmp/stacked of=/dev/mapper/%1$s bs=64k oflag=direct status=none
                dd if=/dev/mapper/%1$s bs=64k count=32 iflag=direct status=none | cmp - /tmp/stacked
                dd if=%2$s bs=512 skip=%3$d count=4096 iflag=direct status=none | cmp - /tmp/stacked
                """.formatted(name, disk, sector)).ok();
    }

    private void requireBusy(org.junit.jupiter.api.function.Executable refused) {
        final Exception e = assertThrows(Exception.class, refused);
        final int errno = e instanceof DmException dm
                ? dm.errno()
                : e instanceof io.dmctl.bindings.sys.ErrnoException sys ? sys.errno() : 0;
        assertEquals(Errno.EBUSY, errno, e.getMessage());
    }

    @Test
    void javaOnJavaIsOneServer() throws Exception {
        devices.createJava(LOWER, ON_DISK);
        devices.createJava(UPPER, ON_LOWER);
        Remains.server();
        requireBytesOnDisk(UPPER, "/dev/ubda", 2048 + 1024);
        assertEquals("0 131072 linear /dev/mapper/" + LOWER + " 1024", devices.tableText(Engine.JAVA, UPPER));
        requireBusy(() -> devices.remove(Engine.JAVA, LOWER));
        requireBytesOnDisk(UPPER, "/dev/ubda", 2048 + 1024);
        devices.remove(Engine.JAVA, UPPER);
        devices.remove(Engine.JAVA, LOWER);
    }

    @Test
    void aLoopIsRefused() throws Exception {
        devices.createJava(LOWER, ON_DISK);
        devices.createJava(UPPER, ON_LOWER);
        final DmException refused = assertThrows(
                DmException.class,
                () -> devices.load(Engine.JAVA, LOWER, "0 1024 linear /dev/mapper/" + UPPER + " 0", Devices.UBLK));
        assertTrue(refused.errno() != 0, refused.getMessage());
        final DmException itself = assertThrows(
                DmException.class,
                () -> devices.load(Engine.JAVA, LOWER, "0 1024 linear /dev/mapper/" + LOWER + " 0", Devices.UBLK));
        assertTrue(itself.errno() != 0, itself.getMessage());
        requireBytesOnDisk(UPPER, "/dev/ubda", 2048 + 1024);
        devices.remove(Engine.JAVA, UPPER);
    }

    @Test
    void kernelOnJava() throws Exception {
        devices.createJava(LOWER, ON_DISK);
        devices.create(Engine.KERNEL, UPPER, ON_LOWER, Devices.UBLK);
        requireBytesOnDisk(UPPER, "/dev/ubda", 2048 + 1024);
        requireBusy(() -> devices.remove(Engine.JAVA, LOWER));
        devices.remove(Engine.KERNEL, UPPER);
        devices.remove(Engine.JAVA, LOWER);
    }

    @Test
    void javaOnKernel() throws Exception {
        devices.create(Engine.KERNEL, LOWER, ON_DISK, Devices.UBLK);
        devices.createJava(UPPER, ON_LOWER);
        requireBytesOnDisk(UPPER, "/dev/ubda", 2048 + 1024);
        requireBusy(() -> devices.remove(Engine.KERNEL, LOWER));
        devices.remove(Engine.JAVA, UPPER);
        devices.remove(Engine.KERNEL, LOWER);
    }

    @Test
    void twoServersShareTheClaimOfOneDisk() throws Exception {
        devices.createJava(LOWER, "0 131072 linear /dev/ubda 0");
        devices.createJava(UPPER, "0 131072 linear /dev/ubda 131072");
        assertEquals(2, Remains.servers().size());
        requireBytesOnDisk(LOWER, "/dev/ubda", 0);
        requireBytesOnDisk(UPPER, "/dev/ubda", 131072);
        // The first claimant goes, the claim stays.
        devices.remove(Engine.JAVA, LOWER);
        requireBytesOnDisk(UPPER, "/dev/ubda", 131072);
        requireBusy(() -> devices.create(Engine.KERNEL, LOWER, "0 1024 linear /dev/ubda 0", Devices.UBLK));
        devices.remove(Engine.JAVA, UPPER);
    }

    @Test
    void aDiskOfOneEngineIsBusyForTheOther() throws Exception {
        devices.createJava(LOWER, ON_DISK);
        requireBusy(() -> devices.create(Engine.KERNEL, UPPER, "0 1024 linear /dev/ubda 0", Devices.UBLK));
        devices.remove(Engine.JAVA, LOWER);
        devices.create(Engine.KERNEL, LOWER, ON_DISK, Devices.UBLK);
        requireBusy(() -> devices.createJava(UPPER, "0 1024 linear /dev/ubda 0"));
        devices.remove(Engine.KERNEL, LOWER);
    }
}
