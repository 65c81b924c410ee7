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

    /// The origin device becomes the merge of snapshot `name`, as lvconvert --merge has it.
    private static void startMerge(SnapshotFixture f, String name, String rest) throws TableException {
        f.dev(name).suspend(false);
        f.dev("o").load(merge("cow-" + name, rest));
        f.dev("o").resume();
        assertEquals("0 256 snapshot Invalid", f.dev(name).info());
        f.dev(name).close();
        final byte[] merged = f.image(name);
        f.forget(name);
        f.model.put("o", merged);
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
            startMerge(f, "s", "P 8");
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
