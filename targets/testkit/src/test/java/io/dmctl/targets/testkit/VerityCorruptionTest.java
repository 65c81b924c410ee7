package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What each mode makes of a wrong block, and of one that cannot be read.
class VerityCorruptionTest {
    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    private static final int BLOCKS = 300;

    private static VerityRig rig(long seed) {
        return new VerityRig(seed, BLOCKS, 200, 0, 4);
    }

    private static byte[] block(byte[] all, int block) {
        return Arrays.copyOfRange(all, block << 9, (block + 1) << 9);
    }

    @Test
    void wrongDataFailsAndTheStatusSaysSoFromThenOn() throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live();
            rig.spoil(rig.data, 7);
            dev.read(0, 7);
            assertEquals("V -", rig.info());
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 0, 20));
            assertEquals("C -", rig.info());
            rig.data.setContents(rig.good);
            assertArrayEquals(rig.good, dev.read(0, BLOCKS));
            assertEquals("C -", rig.info());
        }
    }

    /// The buffer of a reader may be changed under its hand: the device is asked again before it is blamed.
    @Test
    void aBlockThatIsRightTheSecondTimeIsRight() throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live();
            rig.spoil(rig.data, 7);
            final TestIo io = dev.startRead(0, 20);
            rig.data.record();
            rig.group.scheduler().await(() -> rig.data.count(ReqOp.READ) == 2); // the one of the reader is done
            rig.data.setContents(rig.good);
            assertEquals(0, dev.await(io));
            assertArrayEquals(Arrays.copyOf(rig.good, 20 << 9), io.buffer());
            assertEquals("V -", rig.info());
        }
    }

    @Test
    void ignoreCorruptionReturnsWhatIsThere() throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live("ignore_corruption");
            rig.spoil(rig.data, 7);
            rig.spoil(rig.hashes, rig.hashBlocks() - 1);
            final byte[] now = rig.data.contents();
            assertArrayEquals(now, dev.read(0, BLOCKS));
            assertEquals("C -", rig.info());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"restart_on_corruption", "panic_on_corruption"})
    void restartAndPanicEndTheIoThread(String option) throws TableException {
        for (boolean hash : new boolean[] {false, true}) {
            final VerityRig rig = rig(1);
            final TestDevice dev = rig.live(option);
            rig.spoil(hash ? rig.hashes : rig.data, hash ? 0 : 7);
            final Error e = assertThrows(Error.class, () -> dev.status(ReqOp.READ, 0, 7, 1));
            assertEquals("dm-verity device corrupted (" + option + ")", e.getMessage());
            assertEquals("C -", rig.info());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"restart_on_error", "panic_on_error"})
    void anIoErrorHasAModeOfItsOwn(String option) throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live(option);
            rig.spoil(rig.data, 7);
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 7, 1));
        }
        for (boolean hash : new boolean[] {false, true}) {
            final VerityRig rig = rig(1);
            final TestDevice dev = rig.live(option);
            (hash ? rig.hashes : rig.data).fail(Fault.all(EIO, ReqOp.READ));
            final Error e = assertThrows(Error.class, () -> dev.status(ReqOp.READ, 0, 7, 1));
            assertEquals("dm-verity device has I/O error (" + option + ")", e.getMessage());
            assertEquals("V -", rig.info());
        }
    }

    @Test
    void anErrorBelowIsNoCorruption() throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live("panic_on_corruption");
            rig.hashes.fail(Fault.all(ENOSPC, ReqOp.READ));
            assertEquals(-ENOSPC, dev.status(ReqOp.READ, 0, 7, 1));
            rig.hashes.heal();
            rig.data.fail(Fault.all(ENOSPC, ReqOp.READ));
            assertEquals(-ENOSPC, dev.status(ReqOp.READ, 0, 7, 1));
            rig.data.heal();
            assertArrayEquals(rig.good, dev.read(0, BLOCKS));
            assertEquals("V -", rig.info());
        }
    }

    @Test
    void ignoreZeroBlocksDoesNotLookAtThem() throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live("ignore_zero_blocks");
            for (int block = 200; block < BLOCKS; block++) {
                rig.spoil(rig.data, block);
            }
            assertArrayEquals(rig.good, dev.read(0, BLOCKS));
            assertEquals("V -", rig.info());
            rig.spoil(rig.data, 199);
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 199, 1));
        }
    }

    @Test
    void checkAtMostOnceTrustsWhatWasGoodOnce() throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live("check_at_most_once");
            dev.read(0, 100);
            for (int block : new int[] {7, 70, 150}) {
                rig.spoil(rig.data, block);
            }
            assertArrayEquals(Arrays.copyOf(rig.data.contents(), 100 << 9), dev.read(0, 100));
            assertEquals("V -", rig.info());
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 150, 1));
            assertArrayEquals(block(rig.good, 149), dev.read(149, 1));
        }
    }

    /// As in the kernel, whose cache of hash blocks a suspend empties.
    @Test
    void aSuspendForgetsTheHashBlocks() throws TableException {
        try (VerityRig rig = rig(1)) {
            final TestDevice dev = rig.live();
            final SimIoThread thread = rig.group.threads().getFirst(); // each has hash blocks of its own
            assertEquals(0, dev.await(dev.start(thread, ReqOp.READ, 0, 0, BLOCKS, new byte[BLOCKS << 9])));
            rig.spoil(rig.hashes, 0);
            assertEquals(0, dev.await(dev.start(thread, ReqOp.READ, 0, 0, BLOCKS, new byte[BLOCKS << 9])));
            dev.suspend(false);
            dev.resume();
            assertEquals(-EIO, dev.await(dev.start(thread, ReqOp.READ, 0, 7, 1, new byte[512])));
        }
    }
}
