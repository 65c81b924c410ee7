package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/// What is copied, when, and what the log says about it.
class MirrorRecoveryTest {
    private static final int MAGIC = 0x4D695272;

    private static BitSet bits(int... set) {
        final BitSet bits = new BitSet();
        Arrays.stream(set).forEach(bits::set);
        return bits;
    }

    private static BitSet all() {
        final BitSet bits = new BitSet();
        bits.set(0, MirrorFixture.REGIONS);
        return bits;
    }

    @Test
    void aNewMirrorIsCopiedFromItsFirstLegAndTellsWhenThatIsDone() {
        Seeds.each(20, seed -> {
            try (MirrorFixture f = new MirrorFixture(seed, 2 + (int) (seed % 8)).scramble()) {
                final byte[] first = f.leg(0);
                f.load("core 1 16", "");
                final long before = f.dev.core().eventNr();
                f.idle();
                f.equalLegs(first);
                assertEquals("13/13 1 " + "A".repeat(f.legs.size()), f.state());
                assertEquals(before + 1, f.dev.core().eventNr());
            }
        });
    }

    @Test
    void statusIsAsTheKernelPrintsIt() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2)) {
            f.load("core 1 16", "").idle();
            assertEquals("0 200 mirror 2 d0 d1 13/13 1 AA 1 core", f.dev.info());
            assertEquals("0 200 mirror core 1 16 2 d0 0 d1 4", f.dev.table());
            f.load("core 2 16 nosync", " 1 handle_errors").idle();
            assertEquals("0 200 mirror core 2 16 nosync 2 d0 0 d1 4 1 handle_errors", f.dev.table());
            f.load("core 2 16 sync", " 2 keep_log handle_errors").idle();
            assertEquals("0 200 mirror core 2 16 sync 2 d0 0 d1 4 2 handle_errors keep_log", f.dev.table());
            f.load("disk 2 log 16", " 0").idle();
            assertEquals("0 200 mirror 2 d0 d1 13/13 1 AA 3 disk log A", f.dev.info());
            assertEquals("0 200 mirror disk 2 log 16 2 d0 0 d1 4", f.dev.table());
            f.load("disk 3 log 64 nosync", "").idle();
            assertEquals("0 200 mirror 2 d0 d1 4/4 1 AA 3 disk log A", f.dev.info());
            assertEquals("0 200 mirror disk 3 log 64 nosync 2 d0 0 d1 4", f.dev.table());
        }
    }

    @Test
    void nosyncCopiesNothing() throws TableException {
        for (String log : new String[] {"core 2 16 nosync", "disk 3 log 16 nosync"}) {
            try (MirrorFixture f = new MirrorFixture(1, 2).scramble()) {
                final byte[] second = f.leg(1);
                f.load(log, "").idle();
                assertArrayEquals(second, f.leg(1));
                assertEquals("13/13 1 AA", f.state());
            }
        }
    }

    @Test
    void aCoreLogIsCopiedAgainAfterAReloadButNotAfterASuspend() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2)) {
            f.load("core 1 16", "").idle();
            f.legs.get(0).record();
            f.dev.suspend(false);
            f.dev.resume();
            f.idle();
            assertEquals(bits(), f.regionsRead(0));
            f.load("core 1 16", "").idle();
            assertEquals(all(), f.regionsRead(0));
        }
    }

    @Test
    void onlyTheRegionsThatTheLogHasDirtyAreCopied() {
        Seeds.each(20, seed -> {
            try (MirrorFixture f = new MirrorFixture(seed, 2).scramble()) {
                final BitSet clean = new BitSet();
                for (int i = 0; i < MirrorFixture.REGIONS; i++) {
                    clean.set(i, f.next(2) == 0);
                }
                f.setLog(MAGIC, 2, MirrorFixture.REGIONS, clean);
                f.legs.get(0).record();
                f.legs.get(1).record();
                f.load("disk 2 log 16", "").idle();
                final BitSet dirty = all();
                dirty.andNot(clean);
                assertEquals(dirty, f.regionsRead(0));
                assertEquals(dirty.cardinality(), f.legs.get(1).count(ReqOp.WRITE));
                assertEquals(all(), f.clean());
                assertEquals("13/13 1 AA", f.state());
            }
        });
    }

    @Test
    void headersAreReadAsTheKernelReadsThem() throws TableException {
        header(MAGIC, 2, 5, bits(0, 1, 2, 3, 4, 5, 6, 40), "disk 2 log 16", bits(0, 1, 2, 3, 4)); // it has grown
        header(MAGIC, 2, 64, bits(1, 12, 13, 63), "disk 2 log 16", bits(1, 12)); // it has shrunk
        header(MAGIC, 1, 13, bits(3), "disk 2 log 16", bits(3)); // the old version is the same
        header(MAGIC, 3, 13, bits(3), "disk 2 log 16", bits());
        header(1, 2, 13, bits(3), "disk 2 log 16", bits());
        header(MAGIC, 2, 13, all(), "disk 3 log 16 sync", bits());
        header(MAGIC, 2, 13, bits(), "disk 3 log 16 nosync", all());
    }

    private static void header(int magic, int version, long regions, BitSet clean, String log, BitSet inSync)
            throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2)) {
            f.setLog(magic, version, regions, clean);
            f.legs.get(0).record();
            f.load(log, "");
            assertEquals(inSync, f.clean(), "written back at once");
            f.idle();
            final BitSet copied = all();
            copied.andNot(inSync);
            assertEquals(copied, f.regionsRead(0), log + ", version " + version + ", " + regions + " regions");
            assertEquals(
                    version == 3 ? "D" : "A",
                    f.dev.info().substring(f.dev.info().length() - 1));
        }
    }

    @Test
    void aSuspendStopsTheRecoveryAndAResumeGoesOnFromTheLog() {
        Seeds.each(30, seed -> {
            try (MirrorFixture f = new MirrorFixture(seed, 3).scramble()) {
                final byte[] first = f.leg(0);
                final String log = seed % 2 == 0 ? "core 1 16" : "disk 2 log 16";
                f.load(log, "");
                for (int i = 0; i < 5; i++) {
                    f.g.scheduler().run(f.next(80));
                    f.dev.suspend(f.next(2) == 0);
                    final String at = f.state();
                    f.idle();
                    assertEquals(at, f.state(), "went on while suspended");
                    f.dev.resume();
                }
                f.idle();
                f.equalLegs(first);
                assertEquals("13/13 1 AAA", f.state());
            }
        });
    }

    @Test
    void aRegionIsMarkedBeforeItIsWrittenAndBecomesCleanAfterAWhile() throws TableException {
        try (MirrorFixture f = new MirrorFixture(1, 2)) {
            f.load("disk 3 log 16 nosync", "").idle();
            f.dev.write(33, f.random(3));
            final BitSet without = all();
            without.clear(2);
            assertEquals(without, f.clean());
            f.log.record();
            f.dev.write(40, f.random(3));
            assertEquals(0, f.log.count(ReqOp.WRITE), "the region was still marked");
            final long before = f.g.scheduler().nowNs();
            f.idle();
            assertEquals(all(), f.clean());
            assertTrue(f.g.scheduler().nowNs() - before >= 500_000_000L, "at once");
            assertEquals(0, f.legs.get(0).volatileSectors(), "clean in the log, but not flushed");
        }
    }

    @Test
    void aSuspendLeavesACleanLog() {
        Seeds.each(20, seed -> {
            try (MirrorFixture f = new MirrorFixture(seed, 2)) {
                f.load("disk 3 log 16 nosync", "").idle();
                for (int i = 0; i < 10; i++) {
                    f.dev.startWrite(f.next(MirrorFixture.LEN - 20), f.random(1 + f.next(20)));
                }
                f.g.scheduler().run(f.next(60));
                f.dev.suspend(f.next(2) == 0);
                assertEquals(all(), f.clean());
                f.dev.resume();
                f.dev.awaitAll();
            }
        });
    }
}
