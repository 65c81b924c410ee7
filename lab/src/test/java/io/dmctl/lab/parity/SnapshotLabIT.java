package io.dmctl.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.lab.Await;
import io.dmctl.lab.LabTest;
import io.dmctl.lab.parity.rows.SnapshotRow;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the parity proofs do not ask of snapshots: one COW device that both engines write in turn, merges of what the
/// other wrote, a COW device that is full.
@LabTest(
        disks = {"64M", "64M", "64M"},
        timeoutSeconds = 600)
class SnapshotLabIT {
    private static final SnapshotRow ROW = new SnapshotRow();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int LEN = 8192;
    /// From one engine to the other; `-Ddmctl.parity.snapshotRounds=N` for more.
    private static final int ROUNDS = Integer.getInteger("dmctl.parity.snapshotRounds", 4);

    private static @Nullable Bench bench;

    private Side kernel;
    private Side ours;

    @BeforeAll
    static void open() throws Exception {
        bench = Bench.open();
    }

    @AfterAll
    static void close() throws Exception {
        if (bench != null) {
            bench.close();
        }
    }

    private static Bench bench() {
        return Objects.requireNonNull(bench);
    }

    /// Both engines work on the kernel side's disks in turn.
    @BeforeEach
    void disks() throws Exception {
        kernel = bench().kernel(ROW);
        ours = bench().side(Engine.JAVA, "x", Bench.KERNELS_DISK, ROW);
        bench().fill(ROW);
    }

    @AfterEach
    void clear() throws Exception {
        bench().clear();
    }

    private static String originTable(Side side) {
        return "0 " + LEN + " snapshot-origin " + side.disks().path(0);
    }

    private static String table(Side side, String type, String rest) {
        return "0 " + LEN + " " + type + " " + side.disks().path(0) + " "
                + side.disks().path(1) + " " + rest;
    }

    /// The snapshot first: the kernel's origin cuts its writes at the chunks that there are when it is resumed.
    private static void create(Side side, String rest) throws IOException {
        side.create(Side.MAIN, table(side, "snapshot", rest));
        side.create("origin", originTable(side));
    }

    private static String info(Side side) {
        return side.status(Side.MAIN, DmTask.TableStatus.Kind.INFO, false).text();
    }

    private static byte[] read(String path, int sectors) throws IOException {
        try (BlockIo io = BlockIo.openReadOnly(path);
                Arena arena = Arena.ofConfined()) {
            final MemorySegment to = arena.allocate((long) sectors << 9, 4096);
            assertEquals(to.byteSize(), io.read(to, 0));
            return to.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static long write(String path, long sector, byte[] bytes) throws IOException {
        try (BlockIo io = BlockIo.open(path);
                Arena arena = Arena.ofConfined()) {
            final MemorySegment from = arena.allocate(bytes.length, 4096);
            MemorySegment.copy(bytes, 0, from, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return io.write(from, sector << 9);
        }
    }

    /// Writes at random places, of which some are whole chunks; what must be read is in `image`.
    private static void writeSome(Side side, String name, byte[] image, Random random, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            final int sectors = random.nextInt(3) == 0 ? 64 : 1 + random.nextInt(40);
            final int at = random.nextInt((LEN - sectors) / 16) * 16;
            final byte[] bytes = new byte[sectors << 9];
            random.nextBytes(bytes);
            assertEquals(bytes.length, write(side.path(name), at, bytes));
            System.arraycopy(bytes, 0, image, at << 9, bytes.length);
        }
    }

    private static void same(String what, byte[] expected, byte[] found) {
        final int at = Arrays.mismatch(expected, found);
        assertEquals(-1, at, what + ": differs at byte " + at + ", sector " + (at >> 9));
    }

    @Test
    void eachEngineGoesOnWithTheOthersStore() throws Exception {
        final byte[] origin = read(kernel.disks().path(0), LEN);
        final byte[] snapshot = origin.clone();
        final Random random = bench().random(ROW, "turns");
        String left = "";
        for (int round = 0; round < ROUNDS; round++) {
            final Side side = round % 2 == 0 ? kernel : ours;
            final String what = "round " + round + ", " + side.engine();
            create(side, "P 4");
            if (!left.isEmpty()) {
                assertEquals(left, info(side), what);
            }
            same(what + ": snapshot as found", snapshot, read(side.path(Side.MAIN), LEN));
            writeSome(side, Side.MAIN, snapshot, random, 12);
            writeSome(side, "origin", origin, random, 12);
            same(what + ": snapshot", snapshot, read(side.path(Side.MAIN), LEN));
            same(what + ": origin", origin, read(side.path("origin"), LEN));
            left = info(side);
            side.removeAll();
        }
    }

    @Test
    void eachEngineMergesWhatTheOtherWrote() throws Exception {
        final Random random = bench().random(ROW, "merges");
        for (Side writer : List.of(kernel, ours)) {
            final Side merger = writer == kernel ? ours : kernel;
            final String what = "written by " + writer.engine();
            // A new store.
            assertEquals(8 << 9, write(writer.disks().path(1), 0, new byte[8 << 9]));
            final byte[] origin = read(writer.disks().path(0), LEN);
            final byte[] snapshot = origin.clone();
            create(writer, "P 8");
            writeSome(writer, Side.MAIN, snapshot, random, 20);
            writeSome(writer, "origin", origin, random, 20);
            writer.removeAll();
            merger.create(Side.MAIN, table(merger, "snapshot-merge", "P 8"));
            same(what + ": while it is merged", snapshot, read(merger.path(Side.MAIN), LEN));
            Await.until(
                    what + " is merged, has " + info(merger),
                    SOON,
                    () -> info(merger).endsWith(" 16/8192 16"));
            merger.removeAll();
            same(what + ": merged", snapshot, read(merger.disks().path(0), LEN));
        }
    }

    @Test
    void aFullStoreIsInvalidOrOverflowsInBothEnginesAlike() throws Exception {
        for (String type : List.of("P", "PO", "N")) {
            final List<String> seen = new ArrayList<>();
            for (Side side : List.of(kernel, ours)) {
                assertEquals(8 << 9, write(side.disks().path(1), 0, new byte[8 << 9]));
                create(side, type + " 1024");
                final StringBuilder text = new StringBuilder();
                for (int i = 0; i < 8; i++) {
                    text.append(write(side.path(Side.MAIN), i * 1024L, new byte[8 << 9]))
                            .append(' ');
                }
                text.append(info(side)).append(' ');
                text.append(write(side.path("origin"), 7 * 1024L + 8, new byte[8 << 9]));
                text.append(' ').append(info(side)).append(", events ");
                text.append(side.info(Side.MAIN).eventNr());
                seen.add(text.toString());
                side.removeAll();
            }
            assertEquals(seen.get(0), seen.get(1), type);
        }
    }
}
