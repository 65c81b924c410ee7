package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Legs and logs that fail.
class MirrorErrorTest {
    private static final String NOSYNC = "core 2 16 nosync";
    private static final String HANDLE = " 1 handle_errors";
    private static final String KEEP = " 2 handle_errors keep_log";
    private static final Fault NO_WRITE = Fault.all(5, ReqOp.WRITE);
    private static final Fault NO_READ = Fault.all(5, ReqOp.READ);

    private static MirrorFixture inSync(long seed, String log, String features) throws TableException {
        final MirrorFixture f = new MirrorFixture(seed, 2);
        final byte[] same = f.random(MirrorFixture.LEN);
        f.setLeg(0, same);
        f.setLeg(1, same);
        return f.load(log, features).idle();
    }

    // ---- writes ----

    @Test
    void aFailedWriteIsHeldUntilASuspendWhichGivesItToTheNextTable() {
        Seeds.each(20, seed -> {
            try (MirrorFixture f = inSync(seed, NOSYNC, HANDLE)) {
                f.legs.get(1).fail(NO_WRITE);
                final long events = f.dev.core().eventNr();
                final byte[] bytes = f.random(8);
                final TestIo write = f.dev.startWrite(20, bytes);
                f.idle();
                assertFalse(write.done(), "not held");
                assertEquals("12/13 1 AD", f.state());
                assertEquals(events + 1, f.dev.core().eventNr());
                f.dev.load("0 200 linear d0 0");
                f.dev.suspend(true);
                assertFalse(write.done(), "not handed back");
                f.dev.resume();
                assertEquals(0, f.dev.await(write));
                assertArrayEquals(bytes, f.dev.read(20, 8));
            }
        });
    }

    @Test
    void aSuspendWithFlushFailsWhatIsHeld() throws TableException {
        try (MirrorFixture f = inSync(1, NOSYNC, HANDLE)) {
            f.legs.get(1).fail(NO_WRITE);
            final TestIo write = f.dev.startWrite(20, f.random(8));
            f.idle();
            f.dev.suspend(false);
            assertEquals(-5, write.status());
            f.dev.resume();
        }
    }

    @Test
    void whatFailsDuringASuspendIsNotHeld() {
        Seeds.each(40, seed -> {
            try (MirrorFixture f = inSync(seed, seed % 2 == 0 ? NOSYNC : "disk 3 log 16 nosync", HANDLE)) {
                f.legs.get(1).fail(NO_WRITE);
                for (int i = 0; i < 12; i++) {
                    f.dev.startWrite(f.next(190), f.random(8));
                }
                f.g.scheduler().run(f.next(60));
                f.dev.suspend(false);
                f.legs.get(1).heal();
                f.dev.resume();
                f.load("core 1 16", "");
                f.dev.awaitAll();
            }
        });
    }

    @Test
    void withoutErrorsHandledOneGoodLegIsEnough() throws TableException {
        try (MirrorFixture f = inSync(1, NOSYNC, "")) {
            f.legs.get(1).fail(NO_WRITE);
            final long events = f.dev.core().eventNr();
            final byte[] bytes = f.random(8);
            f.dev.write(20, bytes);
            assertEquals("12/13 1 AD", f.state());
            assertEquals(events, f.dev.core().eventNr());
            assertArrayEquals(bytes, f.dev.read(20, 8));
            f.legs.get(0).fail(NO_WRITE.within(100, 1));
            assertEquals(-5, f.dev.status(ReqOp.WRITE, 0, 100, 1));
            assertEquals("11/13 1 DD", f.state());
        }
    }

    @Test
    void aWriteToARegionOutOfSyncGoesToTheDefaultLegOnlyAndFailsAsItFails() throws TableException {
        try (MirrorFixture f = inSync(1, NOSYNC, "")) {
            f.legs.get(1).fail(NO_WRITE.nth(1));
            f.dev.write(20, f.random(1));
            f.legs.get(0).fail(Fault.all(28, ReqOp.WRITE));
            f.legs.get(1).record();
            assertEquals(-28, f.dev.status(ReqOp.WRITE, 0, 21, 1));
            assertEquals(0, f.legs.get(1).ops().size());
            assertEquals("12/13 1 AD", f.state());
        }
    }

    @Test
    void theDefaultLegMovesWhenItFailsInSync() throws TableException {
        try (MirrorFixture f = inSync(1, NOSYNC, HANDLE)) {
            f.legs.get(0).fail(NO_WRITE);
            final TestIo write = f.dev.startWrite(20, f.random(8));
            f.idle();
            assertEquals("12/13 1 DA", f.state());
            f.legs.get(0).record();
            assertArrayEquals(Arrays.copyOf(f.leg(1), 512), f.dev.read(0, 1));
            assertEquals(0, f.legs.get(0).count(ReqOp.READ), "read from the leg that failed");
            f.dev.suspend(false);
            assertEquals(-5, write.status());
            f.dev.resume();
        }
    }

    @Test
    void keepLogLetsWritesGoOnWithTheLegsThatAreLeft() throws TableException {
        try (MirrorFixture f = inSync(1, "disk 3 log 16 nosync", KEEP)) {
            f.legs.get(0).fail(NO_WRITE);
            final byte[] bytes = f.random(8);
            f.dev.write(20, bytes);
            assertEquals("12/13 1 DA", f.state());
            assertArrayEquals(bytes, f.dev.read(20, 8));
            f.idle();
            assertFalse(f.clean().get(1), "the log must not forget the region");
            assertEquals(12, f.clean().cardinality());
        }
    }

    @Test
    void aFailedDiscardIsNoReasonToGiveALegUp() throws TableException {
        try (MirrorFixture f = inSync(1, NOSYNC, HANDLE)) {
            f.legs.get(1).fail(Fault.all(5, ReqOp.DISCARD));
            assertEquals(-95, f.dev.status(ReqOp.DISCARD, 0, 0, 100));
            assertEquals("13/13 1 AA", f.state());
        }
    }

    // ---- flushes ----

    @Test
    void afterAFailedFlushNoRegionBecomesClean() throws TableException {
        try (MirrorFixture f = inSync(1, "disk 3 log 16 nosync", KEEP)) {
            f.dev.write(0, f.random(1));
            f.legs.get(1).fail(Fault.all(5, ReqOp.FLUSH).nth(1));
            f.dev.flush();
            assertEquals("13/13 1 AD", f.state());
            f.dev.write(40, f.random(1));
            f.idle();
            assertFalse(f.clean().get(2));
            assertEquals("12/13 1 AD", f.state());
        }
    }

    @Test
    void aLegThatCannotBeFlushedMakesTheWholeLogDirty() throws TableException {
        try (MirrorFixture f = inSync(1, "disk 3 log 16 nosync", HANDLE)) {
            f.dev.write(0, f.random(1));
            f.legs.get(1).fail(Fault.all(5, ReqOp.FLUSH).nth(1));
            f.idle();
            assertEquals("13/13 1 AF", f.state());
            assertEquals(0, f.clean().cardinality());
            f.dev.write(100, f.random(1));
            f.idle();
            assertEquals(0, f.clean().cardinality());
        }
    }

    // ---- reads ----

    @Test
    void aFailedReadIsTriedOnAnotherLeg() {
        Seeds.each(10, seed -> {
            for (String features : new String[] {"", HANDLE}) {
                try (MirrorFixture f = inSync(seed, NOSYNC, features)) {
                    f.legs.get(0).fail(NO_READ.within(30, 1));
                    assertArrayEquals(Arrays.copyOfRange(f.leg(1), 25 << 9, 35 << 9), f.dev.read(25, 10));
                    assertEquals("13/13 1 RA", f.state());
                    f.legs.get(0).record();
                    f.dev.read(0, 8);
                    assertEquals(0, f.legs.get(0).ops().size(), "read again from the leg that failed");
                    f.legs.get(1).fail(Fault.all(28, ReqOp.READ));
                    assertEquals(-28, f.dev.status(ReqOp.READ, 0, 0, 1));
                    assertEquals("13/13 1 RR", f.state());
                    assertEquals(-5, f.dev.status(ReqOp.READ, 0, 0, 1));
                }
            }
        });
    }

    @Test
    void aReadOutOfSyncHasTheDefaultLegOnly() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2).scramble()) {
            f.legs.get(1).fail(NO_WRITE);
            f.load("core 1 16", HANDLE).idle();
            assertEquals("0/13 1 AS", f.state());
            f.dev.read(0, 8);
            f.legs.get(0).fail(NO_READ);
            assertEquals(-5, f.dev.status(ReqOp.READ, 0, 0, 8));
            assertEquals("0/13 1 RS", f.state());
        }
    }

    // ---- recovery ----

    @Test
    void aLegThatCannotBeWrittenInRecoveryStaysOutOfSync() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2).scramble()) {
            f.legs.get(1).fail(NO_WRITE.within(4 + 20, 1));
            f.load("disk 2 log 16", HANDLE).idle();
            assertEquals("12/13 1 AS", f.state());
            assertEquals(12, f.clean().cardinality());
            f.legs.get(1).heal();
            f.dev.suspend(false);
            f.dev.resume();
            f.idle();
            assertEquals("13/13 1 AA", f.state());
            f.equalLegs(f.leg(0));
        }
    }

    @Test
    void withoutErrorsHandledARegionCountsAsCopiedButStaysDirtyInTheLog() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2).scramble()) {
            f.legs.get(0).fail(NO_READ.within(20, 1));
            f.load("disk 2 log 16", "").idle();
            assertEquals("13/13 1 AA", f.state());
            assertEquals(12, f.clean().cardinality());
        }
    }

    @Test
    void theDefaultLegStaysWhenItFailsOutOfSync() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2).scramble()) {
            f.legs.get(0).fail(NO_READ);
            f.load("core 1 16", HANDLE).idle();
            assertEquals("0/13 1 SA", f.state());
            assertEquals(-5, f.dev.status(ReqOp.READ, 0, 0, 8));
        }
    }

    @Test
    void aWriteThatFailsBeforeItsRegionIsCopiedEndsThatRecovery() {
        Seeds.each(60, seed -> {
            try (MirrorFixture f = new MirrorFixture(seed, 2).scramble()) {
                f.load("core 1 16", " 2 handle_errors keep_log");
                f.legs.get(0).fail(NO_WRITE);
                for (int i = 0; i < 10; i++) {
                    f.dev.start(ReqOp.WRITE, 0, f.next(180), 8, f.random(8));
                    f.g.scheduler().run(f.next(10));
                }
                f.dev.awaitAll();
                f.idle();
                f.dev.suspend(false);
                f.dev.resume();
            }
        });
    }

    // ---- the log ----

    @Test
    void withErrorsHandledWritesAreHeldWhenTheLogFails() throws TableException {
        try (MirrorFixture f = inSync(1, "disk 3 log 16 nosync", HANDLE)) {
            f.log.fail(NO_WRITE);
            final long events = f.dev.core().eventNr();
            f.legs.get(0).record();
            final TestIo write = f.dev.startWrite(20, f.random(8));
            f.idle();
            assertFalse(write.done(), "not held");
            assertEquals(0, f.legs.get(0).count(ReqOp.WRITE), "written without a mark in the log");
            assertEquals("0 200 mirror 2 d0 d1 13/13 1 AA 3 disk log D", f.dev.info());
            assertEquals(events + 1, f.dev.core().eventNr());
            f.dev.load(f.table(NOSYNC, ""));
            f.dev.suspend(true);
            f.dev.resume();
            assertEquals(0, f.dev.await(write));
        }
    }

    @Test
    void aLogThatCannotBeFlushedIsTold() throws TableException {
        try (MirrorFixture f = inSync(1, "disk 3 log 16 nosync", KEEP)) {
            f.log.fail(Fault.all(5, ReqOp.FLUSH));
            assertEquals(-5, f.dev.status(ReqOp.WRITE, 0, 20, 8));
            assertTrue(f.dev.info().endsWith(" AA 3 disk log F"), f.dev.info());
        }
    }

    @Test
    void withoutErrorsHandledAFailedLogIsIgnored() throws TableException {
        try (MirrorFixture f = inSync(1, "disk 3 log 16 nosync", "")) {
            f.log.fail(Fault.all(5, ReqOp.WRITE, ReqOp.READ));
            f.dev.write(20, f.random(8));
            f.idle();
            f.equalLegs(f.leg(0));
            assertTrue(f.dev.info().endsWith(" AA 3 disk log D"), f.dev.info());
        }
    }

    @Test
    void aLogThatCannotBeReadMakesAllRegionsOutOfSync() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2).scramble()) {
            f.log.fail(NO_READ);
            f.load("disk 2 log 16", "").idle();
            f.equalLegs(f.leg(0));
            assertTrue(f.dev.info().endsWith("13/13 1 AA 3 disk log D"), f.dev.info());
        }
    }
}
