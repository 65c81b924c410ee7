package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Random work beside a model that knows one thing: what was written last is read. And crashes at any moment.
class MirrorModelTest {
    private static final int LEN = MirrorFixture.LEN;

    /// One log for a whole test: what another one does not see, it does not know.
    private static String log(MirrorFixture f) {
        return f.next(2) == 0 ? "core 1 16" : "disk 2 log 16";
    }

    private static MirrorFixture fixture(long seed) {
        return new MirrorFixture(
                new TestGroup.Config(seed, 2, 1 + (int) (seed % 5), 1 + (int) (seed % 4)), 2 + (int) (seed % 3));
    }

    @Test
    void whatWasWrittenIsReadWhateverGoesOnBelow() {
        Seeds.each(40, seed -> {
            try (MirrorFixture f = fixture(seed).scramble()) {
                final byte[] model = f.leg(0);
                final String log = log(f);
                f.load(log, f.next(2) == 0 ? "" : " 1 handle_errors");
                for (int i = 0; i < 60; i++) {
                    step(f, log, model);
                }
                f.dev.awaitAll();
                f.idle();
                f.equalLegs(model);
                assertEquals("13/13 1 " + "A".repeat(f.legs.size()), f.state());
            }
        });
    }

    private static void step(MirrorFixture f, String log, byte[] model) throws TableException {
        final int n = 1 + f.next(40);
        final int at = f.next(LEN - n + 1);
        switch (f.next(10)) {
            case 0, 1, 2, 3 -> {
                final byte[] bytes = f.random(n);
                f.dev.write(at, bytes, f.next(3) == 0 ? BioFlags.FUA : 0);
                System.arraycopy(bytes, 0, model, at << 9, bytes.length);
            }
            case 4, 5, 6 ->
                ContractFixture.compare(
                        "read at " + at, Arrays.copyOfRange(model, at << 9, (at + n) << 9), f.dev.read(at, n));
            case 7 -> {
                // As in the kernel a discard does not wait for the region that is being copied, which may then differ
                // in what was discarded.
                f.idle();
                assertEquals(0, f.dev.status(ReqOp.DISCARD, 0, at, n));
                Arrays.fill(model, at << 9, (at + n) << 9, (byte) 0);
            }
            case 8 -> f.dev.flush();
            default -> {
                if (f.next(2) == 0) {
                    f.dev.suspend(f.next(2) == 0);
                    f.dev.resume();
                } else {
                    f.load(log, "");
                }
            }
        }
    }

    /// Many at once, each to its own sectors, while regions are copied and tables are swapped.
    @Test
    void writesAtOnceAllReachAllLegs() {
        Seeds.each(40, seed -> {
            try (MirrorFixture f = fixture(seed).scramble()) {
                final byte[] model = f.leg(0);
                final String log = log(f);
                f.load(log, "");
                final List<TestIo> all = new ArrayList<>();
                for (int at = 0; at < LEN; at += 5) {
                    final byte[] bytes = f.random(5);
                    System.arraycopy(bytes, 0, model, at << 9, bytes.length);
                    all.add(f.dev.startWrite(at, bytes));
                    all.add(f.dev.startRead(f.next(LEN - 8), 8));
                    f.g.scheduler().run(f.next(15));
                    if (f.next(8) == 0) {
                        f.load(log, "");
                    }
                }
                f.dev.awaitAll();
                for (TestIo io : all) {
                    assertEquals(0, io.status(), io.toString());
                }
                f.idle();
                f.equalLegs(model);
            }
        });
    }

    // ---- crashes ----

    /// At every moment a region whose legs would differ after a crash is dirty in the log; and a mirror that is started
    /// on what is left has equal legs, with every write that was acknowledged and flushed.
    @Test
    void aRegionThatDiffersAfterACrashIsDirtyInTheLog() {
        Seeds.each(15, seed -> {
            try (MirrorFixture f = new MirrorFixture(seed, 3)) {
                final byte[] first = f.random(LEN);
                for (int i = 0; i < 3; i++) {
                    f.setLeg(i, first);
                }
                f.load("disk 3 log 16 nosync", "").idle();
                f.load("disk 2 log 16", "").idle();
                final Acknowledged acknowledged = new Acknowledged(f.leg(0));
                for (int i = 0; i < 60; i++) {
                    acknowledged.work(f);
                    if (f.next(6) == 0) {
                        f.idle(); // time goes on: regions become clean
                    } else {
                        f.g.scheduler().run(f.next(30));
                    }
                    acknowledged.look();
                    final Image image = new Image(f, seed * 1000 + i);
                    image.check();
                    if (i % 10 == 9) {
                        image.restart(seed, acknowledged);
                    }
                }
                f.dev.awaitAll();
            }
        });
    }

    /// Which sectors must be what after a crash. Each is written by one request at a time; those up to [#DURABLE] with
    /// FUA, the others may be lost.
    private static final class Acknowledged {
        private static final int DURABLE = 100;

        private final byte[] durable;
        private final BitSet unsure = new BitSet();
        private final List<Running> running = new ArrayList<>();

        @SuppressWarnings("ArrayRecordComponent")
        private record Running(TestIo io, int at, byte[] bytes) {}

        Acknowledged(byte[] durable) {
            this.durable = durable;
        }

        void work(MirrorFixture f) {
            final int n = 1 + f.next(6);
            final int at = f.next(LEN - n + 1);
            if (unsure.nextSetBit(at) >= 0 && unsure.nextSetBit(at) < at + n) {
                return;
            }
            final byte[] what = f.random(n);
            unsure.set(at, at + n);
            final int flags = at < DURABLE ? BioFlags.FUA : 0;
            running.add(new Running(f.dev.start(ReqOp.WRITE, flags, at, n, what), at, what));
        }

        void look() {
            for (Running write : List.copyOf(running)) {
                if (write.io.done()) {
                    assertEquals(0, write.io.status());
                    running.remove(write);
                    System.arraycopy(write.bytes, 0, durable, write.at << 9, write.bytes.length);
                    unsure.clear(write.at, write.at + (write.bytes.length >> 9));
                }
            }
        }

        void compare(byte[] leg) {
            for (int s = 0; s < DURABLE; s++) {
                if (!unsure.get(s)) {
                    ContractFixture.compare(
                            "acknowledged sector " + s,
                            Arrays.copyOfRange(durable, s << 9, (s + 1) << 9),
                            Arrays.copyOfRange(leg, s << 9, (s + 1) << 9));
                }
            }
        }
    }

    /// What a crash leaves on all devices.
    private static final class Image {
        private final List<byte[]> legs = new ArrayList<>();
        private final byte[] log;

        Image(MirrorFixture f, long seed) {
            for (CrashDevice leg : f.legs) {
                legs.add(leg.afterCrash(seed + legs.size() * 7919L));
            }
            log = f.log.afterCrash(seed);
        }

        void check() {
            final BitSet clean = MirrorFixture.clean(log);
            for (int s = 0; s < LEN; s++) {
                for (int leg = 1; leg < legs.size(); leg++) {
                    final int of0 = s << 9;
                    final int of = (s + 4 * leg) << 9;
                    if (clean.get(s / MirrorFixture.REGION)
                            && !Arrays.equals(legs.getFirst(), of0, of0 + 512, legs.get(leg), of, of + 512)) {
                        throw new AssertionError("leg " + leg + " differs at sector " + s + " of a clean region");
                    }
                }
            }
        }

        void restart(long seed, Acknowledged acknowledged) throws TableException {
            try (MirrorFixture again = new MirrorFixture(seed, legs.size())) {
                for (int i = 0; i < legs.size(); i++) {
                    again.legs.get(i).setContents(legs.get(i));
                }
                again.log.setContents(log);
                again.load("disk 2 log 16", "").idle();
                again.equalLegs(again.leg(0));
                acknowledged.compare(again.leg(0));
            }
        }
    }
}
