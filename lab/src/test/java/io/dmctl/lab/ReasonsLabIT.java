package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Holders;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.ResumeWatchdog;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.sys.Errno;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What stands behind an errno of the kernel's, and what ends a suspend that somebody forgot.
@LabTest(
        disks = {"64M"},
        timeoutSeconds = 600)
class ReasonsLabIT {
    private static final String NAME = "held_dmctl_test_delme";
    private static final String TOP = "top_dmctl_test_delme";
    private static final String DEVICE = "/dev/mapper/" + NAME;

    private final Devices devices = new Devices();

    @BeforeEach
    void create() throws Exception {
        devices.create(Engine.KERNEL, NAME, "0 65536 linear /dev/ubda 0", LoadOptions.DEFAULT);
    }

    @AfterEach
    void remove() throws Exception {
        devices.remove(Engine.KERNEL, NAME);
        devices.close();
        Remains.requireNone();
    }

    private List<Holders.Holder> holders() throws Exception {
        return Holders.of(devices.info(Engine.KERNEL, NAME).devno());
    }

    @Test
    void nobodyHoldsAFreeDevice() throws Exception {
        assertEquals(List.of(), holders());
    }

    @Test
    void aMountIsNamedWithItsRemedy() throws Exception {
        Guest.sh("mkfs.ext4 -q " + DEVICE + "; mount " + DEVICE + " /mnt").ok();
        final Guest.Result busy = Guest.dmctl("remove", NAME);
        Guest.sh("umount /mnt").ok();
        assertEquals(5, busy.exitCode(), busy::toString);
        assertEquals(
                "dmctl remove: " + NAME + ": Device or resource busy (EBUSY): mounted on /mnt\n"
                        + "dmctl remove: umount /mnt\n",
                busy.err());
    }

    @Test
    void eachKindOfHolderIsFound() throws Exception {
        devices.create(Engine.KERNEL, TOP, "0 8 linear " + DEVICE + " 0", LoadOptions.DEFAULT);
        assertEquals(List.of(new Holders.Holder("used by device " + TOP, "dmctl remove " + TOP)), holders());
        devices.remove(Engine.KERNEL, TOP);

        Guest.sh("mkswap " + DEVICE + "; swapon " + DEVICE).ok();
        final List<Holders.Holder> swap = holders();
        Guest.sh("swapoff " + DEVICE).ok();
        assertEquals("swap", swap.getFirst().what());

        final String loop = Guest.sh("losetup -f --show " + DEVICE).ok().strip();
        final List<Holders.Holder> loops = holders();
        Guest.sh("losetup -d " + loop).ok();
        assertEquals("used by " + loop, loops.getFirst().what());

        final Process reader = new ProcessBuilder("sleep", "60")
                .redirectInput(new java.io.File(DEVICE))
                .start();
        final List<Holders.Holder> open = holders();
        reader.destroy();
        assertTrue(reader.waitFor(10, TimeUnit.SECONDS));
        assertEquals(
                List.of(new Holders.Holder("open in sleep (pid " + reader.pid() + ")", "kill " + reader.pid())), open);
    }

    @Test
    void theKernelsReasonIsInTheException() {
        final DmException e = assertThrows(
                DmException.class,
                () -> devices.load(Engine.KERNEL, NAME, "0 8 linear /dev/ubda", LoadOptions.DEFAULT));
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(String.valueOf(e.reason()).contains("linear: Invalid argument count"), e::getMessage);
    }

    @Test
    void aWatchdogEndsASuspend() throws Exception {
        try (ResumeWatchdog watchdog = ResumeWatchdog.start(Engine.KERNEL, DmName.of(NAME), 1)) {
            assertFalse(watchdog == null);
            devices.suspend(Engine.KERNEL, NAME);
            assertTrue(devices.info(Engine.KERNEL, NAME).suspended());
            Await.until(
                    "resumed",
                    Duration.ofSeconds(30),
                    () -> !devices.info(Engine.KERNEL, NAME).suspended());
        }
    }
}
