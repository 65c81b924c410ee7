package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.sys.Errno;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A suspended Java device holds its I/O, freezes its file system, can be removed, and can come back larger.
@LabTest(
        disks = {"256M"},
        timeoutSeconds = 600)
class SuspendLabIT {
    private static final String NAME = "suspend_dmctl_test_delme";
    private static final String DEVICE = "/dev/mapper/" + NAME;
    private static final String LOWER = "suspend_lower_dmctl_test_delme";
    private static final String SMALL = "0 131072 linear /dev/ubda 0";
    private static final String LARGE = "0 262144 linear /dev/ubda 0";
    private static final Duration BOUND = Duration.ofSeconds(30);

    private final Devices devices = new Devices();

    @BeforeEach
    void create() throws Exception {
        devices.createJava(NAME, SMALL);
    }

    @AfterEach
    void remove() throws Exception {
        if (devices.engines().find(Devices.id(NAME)).equals(Optional.of(Engine.JAVA))) {
            devices.resume(Engine.JAVA, NAME);
            Guest.sh("! mountpoint -q /mnt || umount /mnt");
            devices.remove(Engine.JAVA, NAME);
        }
        devices.close();
        Remains.requireNone();
    }

    private static Process start(String script) throws Exception {
        return new ProcessBuilder("sh", "-ec", script).start();
    }

    /// The process is still waiting after a second.
    private static void requireWaiting(Process process) throws Exception {
        assertFalse(process.waitFor(1, TimeUnit.SECONDS), "did not wait");
    }

    private static void requireEnd(Process process) throws Exception {
        assertTrue(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS), "still waits");
        assertEquals(0, process.exitValue());
    }

    /// A read of the first 64 KiB that ends well when they are those of /tmp/suspended.
    private static Process startRead() throws Exception {
        return start("dd if=" + DEVICE + " bs=64k count=1 iflag=direct status=none | cmp - /tmp/suspended");
    }

    private static void writeBytes() {
        Guest.sh("dd if=/dev/urandom of=/tmp/suspended bs=64k count=1 status=none;" + "dd if=/tmp/suspended of="
                        + DEVICE + " bs=64k oflag=direct status=none")
                .ok();
    }

    @Test
    void readWaitsUntilResume() throws Exception {
        writeBytes();
        devices.suspend(Engine.JAVA, NAME);
        assertTrue(devices.info(Engine.JAVA, NAME).suspended());
        final Process read = startRead();
        Await.until("the read is in flight", BOUND, () -> Remains.inFlight(Remains.disk(NAME)) > 0);
        requireWaiting(read);
        devices.resume(Engine.JAVA, NAME);
        requireEnd(read);
    }

    /// As the kernel does when a signal ends the caller.
    @Test
    void aSuspendWhoseCallerEndsIsTakenBack() throws Exception {
        devices.remove(Engine.JAVA, NAME);
        devices.create(Engine.KERNEL, LOWER, SMALL, LoadOptions.DEFAULT);
        devices.createJava(NAME, "0 131072 linear /dev/mapper/" + LOWER + " 0");
        writeBytes();
        devices.suspend(Engine.KERNEL, LOWER);
        final Process read = startRead();
        Await.until("the read is in flight", BOUND, () -> Remains.inFlight(Remains.disk(NAME)) > 0);
        final Guest.Result late = Guest.dmctl("--timeout", "1", "suspend", NAME);
        assertEquals(7, late.exitCode(), late::toString);
        assertTrue(late.err().contains("DM_DEV_SUSPEND of " + NAME + " has not returned"), late::toString);
        Thread.sleep(2500); // the server looks once a second whether its clients are there
        requireWaiting(read);
        devices.resume(Engine.KERNEL, LOWER);
        requireEnd(read);
        assertFalse(devices.info(Engine.JAVA, NAME).suspended());
        requireEnd(startRead());
        devices.remove(Engine.JAVA, NAME);
        devices.remove(Engine.KERNEL, LOWER);
    }

    @Test
    void removeOfASuspendedDeviceIsRefusedWhileItsIoWaits() throws Exception {
        writeBytes();
        devices.suspend(Engine.JAVA, NAME);
        final Process read = startRead();
        Await.until("the read is in flight", BOUND, () -> Remains.inFlight(Remains.disk(NAME)) > 0);
        final DmException busy = assertThrows(DmException.class, () -> devices.remove(Engine.JAVA, NAME));
        assertEquals(Errno.EBUSY, busy.errno(), busy.getMessage());
        requireWaiting(read);
        devices.resume(Engine.JAVA, NAME);
        requireEnd(read);
    }

    @Test
    void suspendedDeviceCanBeRemoved() throws Exception {
        devices.suspend(Engine.JAVA, NAME);
        devices.remove(Engine.JAVA, NAME);
        Remains.requireNone();
    }

    @Test
    void suspendFreezesTheMountedFileSystem() throws Exception {
        Guest.sh("mkfs.ext4 -q " + DEVICE + "; mount " + DEVICE + " /mnt; seq 10000 >/mnt/before; sync -f /mnt/before")
                .ok();
        assertTrue(onDiskNeedsRecovery(), "a mounted file system has an open journal");
        Guest.dmctl("suspend", NAME).ok();
        assertFalse(onDiskNeedsRecovery(), "a frozen one has not");
        final Process write = start("seq 10000 >/mnt/after");
        requireWaiting(write);
        Guest.dmctl("resume", NAME).ok();
        requireEnd(write);
        Guest.sh("cmp /mnt/before /mnt/after; umount /mnt; fsck.ext4 -f -n " + DEVICE)
                .ok();
    }

    @Test
    void aWatchdogResumesWhenTheCommandHasLongEnded() throws Exception {
        Guest.sh("mkfs.ext4 -q " + DEVICE + "; mount " + DEVICE + " /mnt").ok();
        Guest.dmctl("suspend", "--resume-after", "2", NAME).ok();
        final Process write = start("seq 10000 >/mnt/after; sync -f /mnt/after");
        requireWaiting(write);
        requireEnd(write);
        assertFalse(devices.info(Engine.JAVA, NAME).suspended());
        Await.until(
                "the watchdog has ended",
                BOUND,
                () -> Guest.sh("! pgrep -f [R]esumeWatchdog >/dev/null").exitCode() == 0);
    }

    /// What a crash would find: ext4's superblock on the lower disk, past the page cache.
    private static boolean onDiskNeedsRecovery() {
        return Guest.sh(
                        "dd if=/dev/ubda of=/tmp/super bs=1M count=64 iflag=direct status=none; dumpe2fs -h /tmp/super 2>&1")
                .ok()
                .contains("needs_recovery");
    }

    @Test
    void longerTableMakesTheDeviceLargerAndExt4Grows() throws Exception {
        assertEquals("67108864\n", Guest.sh("blockdev --getsize64 " + DEVICE).ok());
        Guest.sh("mkfs.ext4 -q " + DEVICE + "; mount " + DEVICE + " /mnt; seq 100000 >/mnt/before")
                .ok();
        devices.swapJava(NAME, LARGE);
        assertEquals("134217728\n", Guest.sh("blockdev --getsize64 " + DEVICE).ok());
        Guest.sh("""
                resize2fs %s
                test "$(df --output=size -BM /mnt | tail -n 1 | tr -dc 0-9)" -gt 100
                dd if=/dev/urandom of=/mnt/filled bs=1M count=80 status=none
                seq 100000 | cmp - /mnt/before
                umount /mnt
                fsck.ext4 -f -n %s
                """.formatted(DEVICE, DEVICE)).ok();
    }
}
