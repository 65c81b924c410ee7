package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.TableSwap;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.sys.Errno;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A swap leaves the device live with one of its two tables, whatever fails.
@LabTest(
        cpus = 2,
        disks = {"16M", "16M"},
        timeoutSeconds = 600)
class SwapLabIT {
    private static final String NAME = "swap_dmctl_test_delme";
    private static final String SLOW = "swapslow_dmctl_test_delme";
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final String FIRST = "0 8192 linear /dev/ubda 0";
    private static final String OTHER = "0 4096 linear /dev/ubda 0\n4096 4096 linear /dev/ubda 4096";
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);
    private static final int SWAPS = LabBoot.cycles(200, 20);

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME);
        devices.removeIfThere(SLOW);
        devices.close();
        Remains.requireNone();
    }

    private void make(Engine engine) throws Exception {
        devices.create(engine, NAME, FIRST, engine == Engine.JAVA ? Devices.UBLK : LoadOptions.DEFAULT);
    }

    private TableSwap begin(Engine engine) throws Exception {
        return TableSwap.of(devices.engines(), engine, Devices.id(NAME));
    }

    private void requireLiveWith(Engine engine, String table) throws Exception {
        final var info = devices.info(engine, NAME);
        assertTrue(info.liveTable() && !info.suspended() && !info.inactiveTable(), info.toString());
        assertEquals(table, devices.tableText(engine, NAME).replace("98:0", "/dev/ubda"));
    }

    /// The device below is slow, so that the interrupt comes while the swap waits for a write.
    @ParameterizedTest
    @EnumSource(Engine.class)
    void aSwapThatIsInterruptedIsTakenBack(Engine engine) throws Exception {
        devices.create(Engine.KERNEL, SLOW, "0 8192 delay /dev/ubda 0 8000", LoadOptions.DEFAULT);
        final String first = "0 8192 linear /dev/mapper/" + SLOW + " 0";
        devices.create(engine, NAME, first, engine == Engine.JAVA ? Devices.UBLK : LoadOptions.DEFAULT);
        final String before = devices.tableText(engine, NAME);
        final Guest.Result swap = Guest.sh("dd if=/dev/zero of=/dev/mapper/" + NAME
                + " bs=4096 count=1 oflag=direct 2>/dev/null & sleep 0.5; timeout -s INT 5 " + Guest.checkout()
                + "/bin/dmctl swap " + NAME + " --nolockfs --table '0 8192 zero' || code=$?; wait; exit $code");
        assertEquals(124, swap.exitCode(), swap.toString()); // of timeout
        final var info = devices.info(engine, NAME);
        assertTrue(info.liveTable() && !info.suspended() && !info.inactiveTable(), info.toString());
        assertEquals(before, devices.tableText(engine, NAME));
        devices.remove(engine, NAME);
        devices.remove(Engine.KERNEL, SLOW);
    }

    /// Every other swap is undone.
    @ParameterizedTest
    @EnumSource(Engine.class)
    void swapsUnderIoLoseNothing(Engine engine) throws Exception {
        make(engine);
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), 8192, 2, SEED)) {
            for (int i = 0; i < SWAPS; i++) {
                final TableSwap swap = begin(engine);
                swap.run(Devices.table(i % 4 < 2 ? OTHER : FIRST), false, false, true);
                if (i % 2 == 1) {
                    swap.undo(false, true);
                }
            }
            load.awaitWrites(20, BOUND);
            assertEquals(0, load.failed.get(), "requests failed");
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aTableThatIsRefusedAtItsLoadChangesNothing(Engine engine) throws Exception {
        make(engine);
        final TableSwap swap = begin(engine);
        final DmException e = assertThrows(
                DmException.class, () -> swap.run(Devices.table("0 8 linear /dev/ubda"), false, false, true));
        assertEquals(Errno.EINVAL, e.errno());
        requireLiveWith(engine, FIRST);
    }

    /// The kernel finds out only when the table is to come into use, and leaves the device suspended.
    @Test
    void aTableThatCannotComeIntoUseIsRolledBack() throws Exception {
        make(Engine.KERNEL);
        final TableSwap swap = begin(Engine.KERNEL);
        assertThrows(
                TableSwap.RolledBackException.class,
                () -> swap.run(Devices.table("0 999999 linear /dev/ubda 0"), false, false, true));
        requireLiveWith(Engine.KERNEL, FIRST);
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void theCommandBringsTheTableBackWhenItsCheckFails(Engine engine) throws Exception {
        make(engine);
        Guest.dmctl("swap", NAME, "--table", OTHER, "--verify-cmd", "dd if=$DMCTL_DEVICE of=/dev/null count=8 2>&1")
                .ok();
        requireLiveWith(engine, OTHER);
        final Guest.Result back = Guest.dmctl("swap", NAME, "--table", FIRST, "--verify-cmd", "exit 3");
        assertEquals(9, back.exitCode(), back::toString);
        assertTrue(back.err().contains("--verify-cmd ended with 3: the table before is in use again"), back::toString);
        requireLiveWith(engine, OTHER);
        final Guest.Result unkept = Guest.dmctl("swap", NAME, "--table", FIRST, "--keep-within", "1");
        assertEquals(9, unkept.exitCode(), unkept::toString);
        requireLiveWith(engine, OTHER);
    }
}
