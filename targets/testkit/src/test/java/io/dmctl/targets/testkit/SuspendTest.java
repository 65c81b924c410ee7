package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuspendTest {
    private static final int EIO = 5;
    private static final int EINTR = 4;

    private final List<String> calls = new ArrayList<>();
    private boolean requeue;
    private boolean requeueOnPresuspend;
    private boolean failPreresume;

    private TestTargets.OneDeviceType hooks() {
        return new TestTargets.OneDeviceType("hooks", (ti, dev) -> new TestTargets.PassThrough(ti, dev) {
            @Override
            public MapResult map(Bio bio, QueueContext q) {
                return requeue ? MapResult.REQUEUE : super.map(bio, q);
            }

            @Override
            public EndIoResult endIo(Bio bio, QueueContext q) {
                return bio.status() == -EIO ? EndIoResult.REQUEUE : EndIoResult.DONE;
            }

            @Override
            public void presuspend() {
                calls.add("presuspend");
                requeue |= requeueOnPresuspend;
            }

            @Override
            public void presuspendUndo() {
                calls.add("undo");
            }

            @Override
            public void postsuspend() {
                calls.add("postsuspend");
            }

            @Override
            public void preresume() throws TargetException {
                calls.add("preresume");
                if (failPreresume) {
                    throw new TargetException("not now", 11, -1);
                }
            }

            @Override
            public void resume() {
                calls.add("resume");
            }

            @Override
            public void close() {
                calls.add("close");
            }
        });
    }

    private TestDevice device(TestGroup g) throws TableException {
        g.ram("a", 64);
        return g.create("dev", "0 64 hooks a");
    }

    @Test
    void hooksAreCalledInOrderAndOnce() throws TableException {
        try (TestGroup g = new TestGroup(1, hooks())) {
            final TestDevice dev = device(g);
            dev.suspend(false);
            dev.suspend(false);
            assertTrue(dev.core().suspended());
            dev.resume();
            dev.resume();
            assertFalse(dev.core().suspended());
            dev.reload("0 64 linear a 0");
            assertEquals(
                    List.of(
                            "preresume",
                            "resume",
                            "presuspend",
                            "postsuspend",
                            "preresume",
                            "resume",
                            "presuspend",
                            "postsuspend",
                            "close"),
                    calls);
        }
    }

    @Test
    void requeueOutsideOfANoflushSuspendIsEio() throws TableException {
        try (TestGroup g = new TestGroup(1, hooks())) {
            final TestDevice dev = device(g);
            requeue = true;
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 0, 1));
        }
    }

    @Test
    void whatIsRequeuedInANoflushSuspendRunsOnTheNextTable() {
        Seeds.each(20, seed -> {
            requeue = false;
            try (TestGroup g = new TestGroup(seed, hooks())) {
                final TestDevice dev = device(g);
                final RamDevice a = g.ram("b", 64);
                final byte[] all = new byte[64 << 9];
                g.scheduler().random().nextBytes(all);
                a.setContents(all);
                g.ram("bad", 64).fail(Fault.all(EIO, ReqOp.READ));
                dev.reload("0 64 hooks bad");
                dev.load("0 64 linear b 0");
                final List<TestIo> reads = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    reads.add(dev.startRead(0, 64));
                }
                dev.suspend(true);
                final long ended = reads.stream().filter(TestIo::done).count();
                dev.resume();
                dev.awaitAll();
                final long failed =
                        reads.stream().filter(io -> io.status() == -EIO).count();
                assertTrue(failed <= ended, "failed after the resume");
                assertTrue(reads.stream().allMatch(io -> io.status() == -EIO || Arrays.equals(all, io.buffer())));
                assertEquals(0, dev.core().busyBios());
            }
        });
    }

    /// The threads know of a noflush suspend before the target's presuspend makes it hand bios back.
    @Test
    void presuspendMayHandBiosBack() {
        requeueOnPresuspend = true;
        Seeds.each(30, seed -> {
            requeue = false;
            try (TestGroup g = new TestGroup(seed, hooks())) {
                final TestDevice dev = device(g);
                final List<TestIo> reads = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    reads.add(dev.startRead(i, 8));
                }
                dev.load("0 64 linear a 0");
                dev.suspend(true);
                dev.resume();
                dev.awaitAll();
                for (TestIo io : reads) {
                    assertEquals(0, io.status(), io.toString());
                }
            }
        });
    }

    @Test
    void aSuspendThatIsInterruptedIsUndone() throws TableException {
        try (TestGroup g = new TestGroup(1, hooks())) {
            final TestDevice dev = device(g);
            dev.startRead(0, 64);
            g.scheduler().interruptAfter(0);
            final TableException e = assertThrows(TableException.class, () -> dev.suspend(false));
            assertEquals(EINTR, e.errno());
            assertFalse(dev.core().suspended());
            assertTrue(calls.contains("undo"));
            dev.awaitAll();
            assertEquals(0, dev.status(ReqOp.READ, 0, 0, 1));
        }
    }

    /// @kernel drivers/md/dm-ioctl.c `do_resume`
    @Test
    void aResumeThatIsInterruptedKeepsTheInactiveTable() throws TableException {
        try (TestGroup g = new TestGroup(1, hooks())) {
            final TestDevice dev = device(g);
            final RamDevice b = g.ram("b", 64);
            dev.load("0 64 linear b 0");
            dev.startRead(0, 64);
            g.scheduler().interruptAfter(0);
            assertEquals(EINTR, assertThrows(TableException.class, dev::resume).errno());
            assertNotNull(dev.core().inactive(), "the loaded table is lost");
            assertEquals(1, g.opens(b));
            dev.resume();
            assertEquals("0 64 linear b 0", dev.table());
            assertNull(dev.core().inactive());
        }
    }

    @Test
    void aFailedPreresumeLeavesTheDeviceSuspended() throws TableException {
        try (TestGroup g = new TestGroup(1, hooks())) {
            final TestDevice dev = device(g);
            dev.suspend(false);
            final TestIo io = dev.startRead(0, 8);
            failPreresume = true;
            final TableException e = assertThrows(TableException.class, dev::resume);
            assertEquals(11, e.errno());
            assertEquals("hooks: not now", e.getMessage());
            assertTrue(dev.core().suspended());
            g.scheduler().runToIdle();
            assertFalse(io.done());
            failPreresume = false;
            dev.resume();
            assertEquals(0, dev.await(io));
        }
    }

    @Test
    void removeFailsWhatWaits() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 64);
            final TestDevice dev = g.create("dev", "0 64 linear a 0");
            dev.suspend(false);
            final TestIo io = dev.startRead(0, 8);
            g.scheduler().runToIdle();
            dev.close();
            assertEquals(-EIO, io.status());
        }
    }

    @Test
    void ioBeforeTheFirstResumeWaits() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("a", 64);
            final TestDevice dev = g.create("dev");
            final TestIo io = dev.startRead(0, 8);
            g.scheduler().runToIdle();
            assertFalse(io.done());
            dev.reload("0 64 linear a 0");
            assertEquals(0, dev.await(io));
        }
    }
}
