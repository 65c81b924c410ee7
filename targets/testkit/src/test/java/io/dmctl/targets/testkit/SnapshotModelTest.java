package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.spi.ReqOp;
import org.junit.jupiter.api.Test;

/// Random requests on an origin and all its snapshots at once, beside plain arrays.
class SnapshotModelTest {
    private static final int SECTORS = 256;
    private static final int ROUNDS = 20;

    private static void run(TestGroup.Config config) throws Exception {
        try (SnapshotFixture f = new SnapshotFixture(config, SECTORS)) {
            f.snapshot("p8", 1024, "P 8");
            f.round(6);
            f.snapshot("n16", 512, "N 16");
            f.snapshot("po32", 1024, "PO 32");
            for (int i = 0; i < ROUNDS; i++) {
                f.round(1 + f.next(24));
            }
            f.compareAll();
            for (TestDevice dev : f.devices.values()) {
                dev.suspend(f.next(2) == 0);
                dev.resume();
            }
            f.compareAll();
        }
    }

    @Test
    void originAndSnapshotsHoldWhatTheModelHas() {
        Seeds.each(60, seed -> run(new TestGroup.Config(seed, 3, 32, 32)));
    }

    @Test
    void fewBiosAreEnough() {
        Seeds.each(60, seed -> run(new TestGroup.Config(seed, 2, 4, 1 + (int) (seed % 3))));
    }

    /// What is read on the origin for a snapshot is not overwritten before it was read.
    @Test
    void slowReadsSeeTheOriginAsItWas() {
        slow(ReqOp.READ);
    }

    @Test
    void slowWritesAreWaitedFor() {
        slow(ReqOp.WRITE);
    }

    private static void slow(ReqOp op) {
        Seeds.each(60, seed -> {
            try (SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), 40)) {
                f.org.slow(op, 60);
                f.snapshot("p8", 1024, "P 8");
                f.snapshot("n4", 512, "N 4");
                f.cow("p8").slow(op, 20);
                f.cow("n4").slow(op, 20);
                for (int i = 0; i < 10; i++) {
                    f.round(1 + f.next(24));
                }
                f.compareAll();
            }
        });
    }

    @Test
    void anOddSizedOriginEndsWithAPartOfAChunk() {
        Seeds.each(20, seed -> {
            try (SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), 203)) {
                f.snapshot("p16", 1024, "P 16");
                for (int i = 0; i < ROUNDS; i++) {
                    f.round(1 + f.next(12));
                }
                f.compareAll();
            }
        });
    }

    @Test
    void aStoreThatIsReadAgainHoldsTheSame() {
        Seeds.each(20, seed -> {
            try (SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), SECTORS)) {
                // Areas of 32 entries: there are several.
                f.snapshot("p1", 1024, "P 1");
                for (int i = 0; i < ROUNDS; i++) {
                    f.round(1 + f.next(12));
                }
                final String info = f.dev("p1").info();
                f.dev("p1").close();
                // The chunk size in the header wins.
                f.devices.put("p1", f.group.create("p1", SnapshotFixture.line(SECTORS, "cow-p1", "P 64")));
                assertEquals(info, f.dev("p1").info());
                assertEquals(
                        "0 " + SECTORS + " snapshot org cow-p1 P 1", f.dev("p1").table());
                f.compareAll();
                for (int i = 0; i < ROUNDS; i++) {
                    f.round(1 + f.next(12));
                }
                f.compareAll();
            }
        });
    }
}
