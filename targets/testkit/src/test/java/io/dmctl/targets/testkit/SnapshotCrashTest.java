package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The process or the power goes at any step, with writes to the origin and the snapshot under way. What is
/// left is read again: nothing that was acknowledged as durable is missing, and where the snapshot was not
/// written it is the origin as it was.
class SnapshotCrashTest {
    private static final int SECTORS = 64;
    private static final int COW_SECTORS = 512;

    /// What a sector may hold after a crash: what was durable, or what was written since.
    private static final class Versions {
        private final Map<Integer, List<byte[]>> bySector = new HashMap<>();

        Versions(byte[] image) {
            for (int s = 0; s < SECTORS; s++) {
                bySector.put(s, new ArrayList<>(List.of(sector(image, s))));
            }
        }

        private static byte[] sector(byte[] image, int s) {
            return Arrays.copyOfRange(image, s << 9, (s + 1) << 9);
        }

        private List<byte[]> of(int s) {
            return bySector.computeIfAbsent(s, k -> new ArrayList<>());
        }

        void written(int at, byte[] bytes) {
            for (int i = 0; i < bytes.length >> 9; i++) {
                of(at + i).add(sector(bytes, i));
            }
        }

        /// The last version is all that may be found.
        void durable(int at, int count) {
            for (int s = at; s < at + count; s++) {
                final List<byte[]> versions = of(s);
                versions.subList(0, versions.size() - 1).clear();
            }
        }

        void check(String what, byte[] found) {
            for (int s = 0; s < SECTORS; s++) {
                final byte[] is = sector(found, s);
                assertTrue(
                        of(s).stream().anyMatch(v -> Arrays.equals(v, is)),
                        what + ": sector " + s + " has none of its " + of(s).size() + " versions");
            }
        }
    }

    /// A write under way, or the flush of everything that was acknowledged before it.
    private record Running(TestIo io, String name, int at, int count, boolean fua) {}

    private final Map<String, Versions> versions = new HashMap<>();
    private final List<Running> running = new ArrayList<>();

    private void start(SnapshotFixture f) {
        final String name = f.next(2) == 0 ? "o" : "s";
        final int n = f.next(4) == 0 ? 16 : 1 + f.next(10);
        final int at = f.next(SECTORS - n + 1);
        for (Running r : running) {
            if (r.name.equals(name) && (r.count == 0 || (at < r.at + r.count && r.at < at + n))) {
                return; // one at a time on a sector, and none beside a flush
            }
        }
        if (f.next(5) == 0 && running.stream().noneMatch(r -> r.name.equals(name))) {
            running.add(new Running(f.dev(name).start(ReqOp.FLUSH, 0, 0, 0, new byte[0]), name, 0, 0, false));
            return;
        }
        final byte[] bytes = f.random(n);
        versions.computeIfAbsent(name, k -> new Versions(f.image(k))).written(at, bytes);
        final int flags = f.next(4) == 0 ? BioFlags.FUA : 0;
        running.add(new Running(f.dev(name).start(ReqOp.WRITE, flags, at, n, bytes), name, at, n, flags != 0));
    }

    /// `power`: only what is flushed or FUA is sure to stay; when just the process ends, all that was
    /// acknowledged.
    private void settle(boolean power) {
        for (Running r : List.copyOf(running)) {
            if (r.io.done()) {
                assertEquals(0, r.io.status());
                running.remove(r);
                final Versions of = versions.get(r.name);
                if (of != null && r.count == 0) {
                    of.durable(0, SECTORS);
                } else if (of != null && (r.fua || !power)) {
                    of.durable(r.at, r.count);
                }
            }
        }
    }

    private void cutAtAnyStep(long seed, String rest, boolean power) throws TableException {
        versions.clear();
        running.clear();
        final SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), SECTORS);
        f.snapshot("s", COW_SECTORS, rest);
        versions.put("o", new Versions(f.image("o")));
        versions.put("s", new Versions(f.image("s")));
        final int steps = f.next(120);
        for (int i = 0; i < steps; i++) {
            start(f);
            f.group.scheduler().run(f.next(8));
            settle(power);
        }
        if (power) {
            f.org.crash(seed);
            f.cow("s").crash(seed + 1);
        }
        try (TestGroup g = new TestGroup(seed)) {
            g.crash("org", SECTORS).setContents(f.org.contents());
            g.crash("cow-s", COW_SECTORS).setContents(f.cow("s").contents());
            final TestDevice s = g.create("s", SnapshotFixture.line(SECTORS, "cow-s", rest));
            final TestDevice o = g.create("o", "0 " + SECTORS + " snapshot-origin org");
            for (Map.Entry<String, Versions> of : versions.entrySet()) {
                final TestDevice dev = of.getKey().equals("o") ? o : s;
                of.getValue().check(of.getKey() + " (cut after " + steps + ")", dev.read(0, SECTORS));
            }
            final byte[] before = s.read(0, SECTORS);
            o.write(0, new byte[SECTORS << 9]);
            ContractFixture.compare("snapshot after more writes to the origin", before, s.read(0, SECTORS));
        }
    }

    @Test
    void aPowerCutLosesNothingThatWasDurable() {
        Seeds.each(150, seed -> cutAtAnyStep(seed, seed % 3 == 0 ? "P 1" : "P 8", true));
    }

    @Test
    void aKilledServerLosesNothingThatWasAcknowledged() {
        Seeds.each(100, seed -> cutAtAnyStep(seed, "P 4", false));
    }
}
