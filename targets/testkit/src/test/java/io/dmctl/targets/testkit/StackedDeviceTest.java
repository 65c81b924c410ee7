package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A device of ours below another: a direct call with the same rules.
class StackedDeviceTest {
    private static final int EBUSY = 16;
    private static final int EINVAL = 22;

    @Test
    void dataGoesThroughBothAndBothCanBeSuspended() {
        Seeds.each(20, seed -> {
            try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 2, 3, 1))) {
                final CrashDevice a = g.crash("a", 128);
                final CrashDevice b = g.crash("b", 128);
                final TestDevice low = g.create("low", "0 120 striped 2 6 a 0 b 0");
                final TestDevice top =
                        g.create("top", "0 50 linear /dev/mapper/low 70\n50 70 linear /dev/mapper/low 0");
                final byte[] all = new byte[120 << 9];
                g.scheduler().random().nextBytes(all);
                final TestIo io = top.startWrite(0, all);
                g.scheduler().run(g.scheduler().random().nextInt(20));
                low.suspend(false);
                g.scheduler().runToIdle();
                low.resume();
                assertEquals(0, top.await(io));
                top.flush();
                assertEquals(0, a.volatileSectors() + b.volatileSectors());
                top.suspend(false);
                top.resume();
                assertArrayEquals(all, top.read(0, 120));
                a.fail(Fault.all(28, ReqOp.READ));
                assertEquals(-28, top.status(ReqOp.READ, 0, 0, 120));
                a.heal();
                assertEquals("0 50 linear /dev/mapper/low 70\n50 70 linear /dev/mapper/low 0", top.table());
            }
        });
    }

    @Test
    void ioWaitsForTheLowerDeviceAndTheUpperCannotDrain() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 8);
            final TestDevice low = g.create("low", "0 8 linear a 0");
            final TestDevice top = g.create("top", "0 8 linear /dev/mapper/low 0");
            low.suspend(false);
            final TestIo io = top.startRead(0, 8);
            g.scheduler().runToIdle();
            assertFalse(io.done());
            assertThrows(SimDeadlockError.class, () -> top.suspend(false));
            low.resume();
            assertEquals(0, top.await(io));
        }
    }

    @Test
    void aDeviceInUseIsNotRemoved() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 8);
            final TestDevice low = g.create("low", "0 8 linear a 0");
            final TestDevice top = g.create("top", "0 8 linear /dev/mapper/low 0");
            assertEquals(1, low.core().users());
            final TableException e =
                    assertThrows(TableException.class, () -> low.core().remove());
            assertEquals(EBUSY, e.errno());
            assertEquals(0, low.status(ReqOp.READ, 0, 0, 8));
            top.close();
            assertEquals(0, low.core().users());
        }
    }

    @Test
    void aLoopIsRefused() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 8);
            final TestDevice low = g.create("low", "0 8 linear a 0");
            g.create("top", "0 8 linear /dev/mapper/low 0");
            for (String below : new String[] {"low", "top"}) {
                final int opens = g.allOpens();
                final TableException e =
                        assertThrows(TableException.class, () -> low.load("0 8 linear /dev/mapper/" + below + " 0"));
                assertEquals(EINVAL, e.errno());
                assertEquals(opens, g.allOpens());
            }
            assertEquals(1, low.core().users());
        }
    }

    @Test
    void aLoopThroughInactiveTablesIsRefused() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice x = g.create("x", "0 8 zero");
            final TestDevice y = g.create("y", "0 8 zero");
            x.load("0 8 linear /dev/mapper/y 0");
            assertThrows(TableException.class, () -> y.load("0 8 linear /dev/mapper/x 0"));
            x.core().clear();
            y.load("0 8 linear /dev/mapper/x 0");
        }
    }

    /// A constructor reads and writes what lies on a device of the group.
    @Test
    void aSnapshotOnStackedDevicesIsMadeAndReadAgain() {
        Seeds.each(10, seed -> {
            try (TestGroup g = new TestGroup(seed)) {
                final byte[] bytes = new byte[128 << 9];
                g.scheduler().random().nextBytes(bytes);
                g.ram("disk", 1024).setContents(Arrays.copyOf(bytes, 1024 << 9));
                g.create("org", "0 128 linear disk 0");
                g.create("cow", "0 512 linear disk 256");
                final String line = "0 128 snapshot /dev/mapper/org /dev/mapper/cow P 8";
                try (TestDevice snap = g.create("snap", line)) {
                    snap.write(4, Arrays.copyOf(bytes, 16 << 9));
                }
                System.arraycopy(bytes.clone(), 0, bytes, 4 << 9, 16 << 9);
                try (TestDevice again = g.create("again", line)) {
                    assertEquals("0 128 snapshot 40/512 16", again.info());
                    assertArrayEquals(bytes, again.read(0, 128));
                }
            }
        });
    }
}
