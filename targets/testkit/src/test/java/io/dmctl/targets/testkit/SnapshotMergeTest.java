package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A snapshot is written back to its origin while both it and other snapshots are in use.
class SnapshotMergeTest {
    private static final int SECTORS = 256;

    private static String merge(String cow, String rest) {
        return "0 " + SECTORS + " snapshot-merge org " + cow + " " + rest;
    }

    /// The origin device becomes the merge of snapshot `name`, as lvconvert --merge has it. Answers the snapshot's
    /// device:
    /// its close lets the merge run to its end.
    private static TestDevice beginMerge(SnapshotFixture f, String name, String rest) throws TableException {
        f.dev(name).suspend(false);
        f.dev("o").load(merge("cow-" + name, rest));
        f.dev("o").resume();
        final TestDevice merged = f.dev(name);
        f.model.put("o", f.image(name));
        f.devices.remove(name);
        f.model.remove(name);
        return merged;
    }

    private static void startMerge(SnapshotFixture f, String name, String rest) throws TableException {
        final TestDevice merged = beginMerge(f, name, rest);
        assertEquals("0 256 snapshot Invalid", merged.info());
        merged.close();
    }

    private static void runMerge(long seed, TestGroup.Config config, String rest) throws Exception {
        try (SnapshotFixture f = new SnapshotFixture(config, SECTORS)) {
            f.snapshot("s", 2048, rest);
            f.snapshot("p16", 1024, "P 16");
            for (int i = 0; i < 12; i++) {
                f.round(1 + f.next(16));
            }
            startMerge(f, "s", rest);
            f.cow("s").slow(seed % 2 == 0 ? ReqOp.WRITE : ReqOp.READ, (int) (seed % 7) * 10);
            for (int i = 0; i < 12; i++) {
                if (f.next(3) == 0) {
                    f.dev("o").suspend(f.next(2) == 0);
                    f.dev("o").resume();
                }
                f.round(1 + f.next(16));
            }
            f.group.scheduler().runToIdle();
            f.compareAll();
            // Nothing is left in the store, and the origin device has it all.
            assertTrue(
                    f.dev("o").info().matches(".* (\\d+)/2048 \\1"), f.dev("o").info());
            ContractFixture.compare("origin (seed " + seed + ")", f.image("o"), f.org.contents());
            f.dev("o").reload("0 " + SECTORS + " snapshot-origin org");
            f.round(10);
            f.compareAll();
        }
    }

    @Test
    void theOriginBecomesWhatTheSnapshotWas() {
        Seeds.each(40, seed -> runMerge(seed, new TestGroup.Config(seed, 3, 32, 32), "P 8"));
    }

    @Test
    void severalAreasAreMergedFromTheLastOneBackwards() {
        Seeds.each(15, seed -> runMerge(seed, new TestGroup.Config(seed, 2, 8, 4), "P 1"));
    }

    @Test
    void fewBiosAreEnough() {
        Seeds.each(15, seed -> runMerge(seed, new TestGroup.Config(seed, 2, 4, 1 + (int) (seed % 2)), "PO 32"));
    }

    @Test
    void aMergeThatFailsSaysSoAndTheDeviceGoesOn() {
        Seeds.each(10, seed -> {
            try (SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), SECTORS)) {
                f.snapshot("s", 2048, "P 8");
                for (int i = 0; i < 8; i++) {
                    f.round(8);
                }
                f.org.fail(Fault.all(5, ReqOp.FLUSH));
                startMerge(f, "s", "P 8");
                f.group.scheduler().runToIdle();
                f.org.heal();
                assertEquals("0 256 snapshot-merge Merge failed", f.dev("o").info());
                for (int i = 0; i < 8; i++) {
                    f.round(8);
                }
                f.compareAll();
                // Read again, it is merged after all.
                f.dev("o").suspend(false);
                f.dev("o").close();
                f.devices.put("o", f.group.create("o", merge("cow-s", "P 8")));
                f.group.scheduler().runToIdle();
                f.compareAll();
                ContractFixture.compare("origin", f.image("o"), f.org.contents());
            }
        });
    }

    /// A power cut at any time: read again, the merge goes on, and ends with the same.
    @Test
    void aMergeThatIsCutOffGoesOnWhenTheStoreIsReadAgain() {
        Seeds.each(60, seed -> {
            final SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), SECTORS);
            f.snapshot("s", 2048, seed % 2 == 0 ? "P 1" : "P 8");
            for (int i = 0; i < 8; i++) {
                f.round(12);
            }
            f.devices.values().forEach(TestDevice::flush);
            beginMerge(f, "s", "P 8");
            f.group.scheduler().run(f.next(300));
            f.org.crash(seed);
            final CrashDevice cow = f.cow("s");
            cow.crash(seed + 1);
            try (TestGroup g = new TestGroup(seed)) {
                final CrashDevice org = g.crash("org", SECTORS);
                org.setContents(f.org.contents());
                g.crash("cow-s", cow.sizeSectors()).setContents(cow.contents());
                final TestDevice dev = g.create("o", merge("cow-s", "P 8"));
                ContractFixture.compare("at once", f.image("o"), dev.read(0, SECTORS));
                g.scheduler().runToIdle();
                ContractFixture.compare("merged", f.image("o"), dev.read(0, SECTORS));
                ContractFixture.compare("origin", f.image("o"), org.contents());
            }
        });
    }

    /// What was written while the merge ran is on either device: a flush makes both durable.
    @Test
    void aFlushWhileMergingMakesBothDevicesDurable() {
        Seeds.each(20, seed -> {
            final SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), SECTORS);
            f.snapshot("s", 2048, "P 8");
            for (int chunk = 19; chunk >= 0; chunk--) { // backwards: each is merged alone, the last one first
                final byte[] bytes = f.random(8);
                f.dev("s").write(8L * chunk, bytes);
                System.arraycopy(bytes, 0, f.image("s"), (8 * chunk) << 9, bytes.length);
            }
            f.devices.values().forEach(TestDevice::flush);
            f.org.slow(ReqOp.WRITE, 1000);
            beginMerge(f, "s", "P 8");
            for (int chunk = 19; chunk > 16; chunk--) {
                final byte[] bytes = f.random(4);
                f.dev("o").write(8L * chunk, bytes);
                System.arraycopy(bytes, 0, f.image("o"), (8 * chunk) << 9, bytes.length);
            }
            f.dev("o").flush();
            try (TestGroup g = new TestGroup(seed)) {
                g.crash("org", SECTORS).setContents(f.org.afterCrash(seed));
                g.crash("cow-s", 2048).setContents(f.cow("s").afterCrash(seed + 1));
                final TestDevice dev = g.create("o", merge("cow-s", "P 8"));
                ContractFixture.compare("at once", f.image("o"), dev.read(0, SECTORS));
                g.scheduler().runToIdle();
                ContractFixture.compare("merged", f.image("o"), dev.read(0, SECTORS));
            }
        });
    }

    @Test
    void aTransientStoreCannotBeMerged() throws TableException {
        try (SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(1), SECTORS)) {
            f.cow("cow-s", 1024);
            final TestDevice dev = f.group.create("m");
            final TableException e = assertThrows(TableException.class, () -> dev.load(merge("cow-s", "N 8")));
            assertEquals("snapshot-merge: Snapshot exception store does not support snapshot-merge.", e.getMessage());
            f.snapshot("n", 1024, "N 8");
            final TableException handover = assertThrows(TableException.class, () -> dev.load(merge("cow-n", "P 8")));
            assertEquals(e.getMessage(), handover.getMessage());
        }
    }

    @Test
    void anInvalidStoreShowsTheOriginWhenMerged() throws TableException {
        try (SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(1), SECTORS)) {
            f.snapshot("s", 32, "P 8");
            f.dev("s").start(ReqOp.WRITE, 0, 0, 64, f.random(64));
            f.dev("s").awaitAll();
            assertEquals("0 256 snapshot Invalid", f.dev("s").info());
            f.dev("s").close();
            f.dev("o").reload(merge("cow-s", "P 8"));
            f.group.scheduler().runToIdle();
            assertEquals("0 256 snapshot-merge Invalid", f.dev("o").info());
            f.dev("o").write(8, f.random(8));
            assertTrue(Arrays.equals(f.org.contents(), f.dev("o").read(0, SECTORS)));
        }
    }
}
