package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.lower.RingDevice;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.MappedDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An origin and its snapshot on real rings, used by many threads over several queues at once: what one scheduler in
/// one thread cannot show.
@Timeout(120)
class SnapshotThreadsUringTest {
    private static final int SECTOR = Rig.SECTOR;
    private static final int CHUNK = 8;
    private static final int CALLERS = 4;
    private static final int SECTORS = 2048;
    /// Below, each caller has two sectors of every chunk; above, every fourth run of three chunks.
    private static final int SHARED_SECTORS = 1024;

    private static final int RUN_SECTORS = 3 * CHUNK;
    private static final long READ_PAUSE_NS = 10_000_000;
    private static final int ROUNDS = 3;
    private static final int REQUESTS = 150;
    private static final EmbeddedOptions QUEUES = new EmbeddedOptions(3, 4, 64 << 10);

    private final Rig rig = new Rig();
    private final Map<RingDevice, FaultyDevice> origins = new ConcurrentHashMap<>();
    private final List<Shown> shown = new ArrayList<>();

    /// A device, the way to it, and what it must hold.
    @SuppressWarnings("ArrayRecordComponent")
    private record Shown(MappedDevice md, EmbeddedTransport transport, byte[] image) {
        void remove() throws Exception {
            transport.stop();
            md.remove();
        }
    }

    /// The origin's reads are put off: writes of other threads could overtake those for the snapshot.
    private BlockDevice slowOrigin(RingDevice real) {
        if (!real.name().contains("/org")) {
            return real;
        }
        final FaultyDevice slow = origins.computeIfAbsent(real, FaultyDevice::new);
        slow.pauseBeforeReads(READ_PAUSE_NS);
        return slow;
    }

    private Shown show(String name, byte[] image, String type, String args) throws Exception {
        final MappedDevice md = rig.device(name);
        final EmbeddedTransport transport = new EmbeddedTransport(rig.group, md, QUEUES);
        md.setFront(transport);
        rig.run(md, Rig.line(0, SECTORS, type, args));
        final Shown device = new Shown(md, transport, image);
        shown.add(device);
        return device;
    }

    @AfterEach
    void end() throws Exception {
        for (Shown device : shown.reversed()) {
            device.remove();
        }
        rig.close();
    }

    /// The place of a request of `caller`: sectors that nobody else touches on this device.
    private static int place(Random random, int caller) {
        if (random.nextInt(3) != 0) {
            return random.nextInt(SHARED_SECTORS / CHUNK) * CHUNK + 2 * caller;
        }
        final int runs = (SECTORS - SHARED_SECTORS) / (RUN_SECTORS * CALLERS);
        return SHARED_SECTORS + (random.nextInt(runs) * CALLERS + caller) * RUN_SECTORS;
    }

    private static void work(Shown device, int caller, long seed) throws IOException {
        final Random random = new Random(seed);
        try (EmbeddedDevice opened = device.transport.open()) {
            for (int i = 0; i < REQUESTS; i++) {
                final int at = place(random, caller);
                final int most = at < SHARED_SECTORS ? 2 : RUN_SECTORS;
                final int n = most > 2 && random.nextBoolean() ? CHUNK : 1 + random.nextInt(most);
                switch (random.nextInt(8)) {
                    case 0 -> opened.flush();
                    case 1, 2, 3 -> {
                        final byte[] bytes = new byte[n * SECTOR];
                        random.nextBytes(bytes);
                        opened.write(at, MemorySegment.ofArray(bytes), random.nextInt(8) == 0);
                        System.arraycopy(bytes, 0, device.image, at * SECTOR, bytes.length);
                    }
                    default -> {
                        final byte[] bytes = new byte[n * SECTOR];
                        opened.read(at, MemorySegment.ofArray(bytes));
                        assertArrayEquals(
                                Arrays.copyOfRange(device.image, at * SECTOR, (at + n) * SECTOR),
                                bytes,
                                () -> device.md.name() + " at " + at + "+" + n + ", seed " + seed);
                    }
                }
            }
        }
    }

    private static byte[] contents(Shown device) throws IOException {
        final byte[] bytes = new byte[SECTORS * SECTOR];
        try (EmbeddedDevice opened = device.transport.open()) {
            opened.read(0, MemorySegment.ofArray(bytes));
        }
        return bytes;
    }

    @BeforeEach
    void start() {
        rig.below = this::slowOrigin;
    }

    @Test
    void originAndSnapshotHoldWhatTheirCallersWrote() throws Exception {
        final long seed = Long.getLong("dmctl.seed", System.nanoTime());
        for (int round = 0; round < ROUNDS; round++) {
            run(round, seed + round);
        }
    }

    private void run(int round, long seed) throws Exception {
        final Path org = rig.file("org" + round, SECTORS);
        final Path cow = rig.file("cow" + round, 2 * SECTORS);
        final byte[] before = new byte[SECTORS * SECTOR];
        new Random(seed).nextBytes(before);
        Files.write(org, before);
        final String line = org + " " + cow + " P " + CHUNK;
        final Shown origin = show("origin" + round, before.clone(), "snapshot-origin", org.toString());
        final Shown snapshot = show("snapshot" + round, before.clone(), "snapshot", line);
        final CyclicBarrier start = new CyclicBarrier(2 * CALLERS);
        final List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 2 * CALLERS; i++) {
            final int caller = i / 2;
            final Shown device = i % 2 == 0 ? origin : snapshot;
            final long own = seed * 100 + i;
            tasks.add(new FutureTask<>(() -> {
                start.await();
                work(device, caller, own);
                return null;
            }));
        }
        tasks.forEach(Thread.ofPlatform()::start);
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        assertArrayEquals(origin.image, contents(origin), "origin, seed " + seed);
        assertArrayEquals(snapshot.image, contents(snapshot), "snapshot, seed " + seed);
        assertArrayEquals(origin.image, Files.readAllBytes(org), "origin's file, seed " + seed);

        // Read again, the store has the same.
        snapshot.remove();
        shown.remove(snapshot);
        final Shown again = show("again" + round, snapshot.image, "snapshot", line);
        assertArrayEquals(snapshot.image, contents(again), "store, seed " + seed);
        assertEquals(2, shown.size());
        again.remove();
        origin.remove();
        shown.clear();
    }
}
