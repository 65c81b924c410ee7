package io.dmctl.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.lab.Await;
import io.dmctl.lab.LabTest;
import io.dmctl.lab.parity.rows.MirrorRow;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.testkit.CrashDevice;
import io.dmctl.targets.testkit.TestDevice;
import io.dmctl.targets.testkit.TestGroup;
import io.dmctl.targets.testkit.TestIo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the parity proofs do not ask of a mirror: what is copied, the log from one engine to the other, legs that fail.
@LabTest(
        disks = {"64M", "64M", "64M"},
        timeoutSeconds = 600)
class MirrorLabIT {
    private static final MirrorRow ROW = new MirrorRow();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int LEN = 4096;
    private static final int REGION = 128;
    private static final int REGIONS = LEN / REGION;
    /// From one engine to the other; `-Ddmctl.parity.mirrorRounds=N` for more.
    private static final int ROUNDS = Integer.getInteger("dmctl.parity.mirrorRounds", 4);
    private static final int CRASHES = Integer.getInteger("dmctl.parity.mirrorCrashes", 10);
    private static final int WRITES = 32;
    private static final int WRITE_SECTORS = 8;
    /// A table that fails every read and write.
    private static final String BROKEN = "0 8192 error";

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

    @BeforeEach
    void disks() throws Exception {
        kernel = bench().kernel(ROW);
        ours = bench().ours(ROW);
        bench().fill(ROW);
    }

    @AfterEach
    void clear() throws Exception {
        bench().clear();
    }

    private List<Side> sides() {
        return List.of(kernel, ours);
    }

    private static String table(Side side, String log, String features) {
        return "0 " + LEN + " mirror " + log.replace("LOG", side.disks().path(3)) + " 2 "
                + side.disks().path(0) + " 0 " + side.disks().path(1) + " 0" + features;
    }

    private static String info(Side side) {
        return side.status(Side.MAIN, DmTask.TableStatus.Kind.INFO, false).text();
    }

    private static void awaitInfo(Side side, String text) throws Exception {
        Await.until(
                side.disks().side() + " has " + text + ", has " + info(side),
                SOON,
                () -> info(side).contains(text));
    }

    // ---- bytes ----

    private static byte[] read(String path, long sector, int sectors) throws IOException {
        try (BlockIo io = BlockIo.openReadOnly(path);
                Arena arena = Arena.ofConfined()) {
            final MemorySegment to = arena.allocate((long) sectors << 9, 4096);
            assertEquals(to.byteSize(), io.read(to, sector << 9));
            return to.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static long write(String path, long sector, byte[] bytes) {
        try (BlockIo io = BlockIo.open(path);
                Arena arena = Arena.ofConfined()) {
            final MemorySegment from = arena.allocate(bytes.length, 4096);
            MemorySegment.copy(bytes, 0, from, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return io.write(from, sector << 9);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] random(int sectors, long seed) {
        final byte[] bytes = new byte[sectors << 9];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /// Header and bits: what a log of this many regions keeps.
    private static byte[] log(Side side) throws IOException {
        return read(side.disks().path(3), 0, 3);
    }

    /// Regions that the log on disk has dirty.
    private static List<Integer> dirty(byte[] log) {
        final List<Integer> dirty = new ArrayList<>();
        for (int r = 0; r < REGIONS; r++) {
            if ((log[1024 + r / 8] >> r % 8 & 1) == 0) {
                dirty.add(r);
            }
        }
        return dirty;
    }

    /// Sectors written to disk `i` so far: field 7 of the kernel's count for the piece.
    private static long written(Side side, int i) throws IOException {
        final Number rdev = (Number) Files.getAttribute(Path.of(side.disks().path(i)), "unix:rdev");
        final Path stat =
                Path.of("/sys/dev/block", Devno.ofStRdev(rdev.longValue()).toString(), "stat");
        return Long.parseLong(Files.readString(stat).trim().split("\\s+", -1)[6]);
    }

    private static void equalLegs(Side side) throws IOException {
        final int at = Arrays.mismatch(
                read(side.disks().path(0), 0, LEN), read(side.disks().path(1), 0, LEN));
        assertEquals(-1, at, side.disks().side() + ": legs differ at byte " + at);
    }

    // ---- recovery ----

    @Test
    void aNewMirrorIsCopiedAndSaysSoAsTheKernelDoes() throws Exception {
        for (String log : List.of("core 1 " + REGION, "disk 2 LOG " + REGION)) {
            for (Side side : sides()) {
                side.create(Side.MAIN, table(side, log, ""));
                awaitInfo(side, " " + REGIONS + "/" + REGIONS + " 1 AA ");
            }
            assertEquals(info(kernel), info(ours));
            for (Side side : sides()) {
                side.removeAll();
                equalLegs(side);
            }
            assertEquals(List.of(), bench().differencesBelow(ROW), log);
        }
    }

    /// A region is left dirty by a leg that fails; the other engine copies that region and no more.
    @Test
    void eachEngineCopiesJustTheRegionsThatAreDirtyInTheOthersLog() throws Exception {
        // Both work on the kernel side's disks in turn.
        final Side javaOnSameDisks = bench().side(Engine.JAVA, "x", Bench.KERNELS_DISK, ROW);
        final String line = "disk 2 LOG " + REGION;
        kernel.create(Side.MAIN, table(kernel, line, "")); // no log is there yet: everything is copied
        awaitInfo(kernel, " " + REGIONS + "/" + REGIONS + " 1 AA ");
        kernel.removeAll();
        final Random random = new Random(7);
        for (int round = 0; round < ROUNDS; round++) {
            final Side writer = round % 2 == 0 ? kernel : javaOnSameDisks;
            final Side reader = round % 2 == 0 ? javaOnSameDisks : kernel;
            final String what = "round " + round + ", written by " + writer.engine();
            writer.create(Side.MAIN, table(writer, line, ""));
            awaitInfo(writer, " " + REGIONS + "/" + REGIONS + " 1 AA ");
            bench().replacePiece(writer.disks().path(1), BROKEN);
            final List<Integer> regions = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                final int region = random.nextInt(REGIONS);
                if (!regions.contains(region)) {
                    regions.add(region);
                }
                assertEquals(
                        8 << 9, write(writer.path(Side.MAIN), (long) region * REGION + 8L * i, random(8, round + i)));
            }
            regions.sort(null);
            awaitInfo(writer, " " + (REGIONS - regions.size()) + "/" + REGIONS + " 1 AD ");
            writer.removeAll();
            bench().replacePiece(
                            writer.disks().path(1), "0 8192 linear " + Bench.KERNELS_DISK + " " + Bench.offset(ROW, 1));
            assertEquals(regions, dirty(log(writer)), what);
            final long before = written(reader, 1);
            reader.create(Side.MAIN, table(reader, line, ""));
            awaitInfo(reader, " " + REGIONS + "/" + REGIONS + " 1 AA ");
            assertEquals((long) regions.size() * REGION, written(reader, 1) - before, what + ": sectors copied");
            reader.removeAll();
            assertEquals(List.of(), dirty(log(reader)), what);
            equalLegs(reader);
        }
    }

    // ---- crashes ----

    /// Ours runs in a simulation that a seed decides, over devices with volatile caches; the kernel goes on from what
    /// a loss of power leaves there at some moment.
    @Test
    void theKernelMakesTheLegsEqualAfterACrashOfOurs() throws Exception {
        int dirty = 0;
        for (int seed = 1; seed <= CRASHES; seed++) {
            final List<Write> acknowledged = crash(seed);
            dirty += dirty(log(kernel)).size();
            kernel.create(Side.MAIN, table(kernel, "disk 2 LOG " + REGION, ""));
            awaitInfo(kernel, " " + REGIONS + "/" + REGIONS + " 1 AA ");
            kernel.removeAll();
            equalLegs(kernel);
            for (Write write : acknowledged) {
                assertEquals(
                        -1,
                        Arrays.mismatch(write.bytes, read(kernel.disks().path(0), write.sector, WRITE_SECTORS)),
                        "seed " + seed + ": acknowledged with FUA, then lost: sector " + write.sector);
            }
        }
        assertTrue(dirty > 0 && dirty < CRASHES * REGIONS, dirty + " dirty regions in " + CRASHES + " crashes");
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Write(TestIo io, long sector, byte[] bytes) {}

    /// Leaves the legs and the log of a crash on the kernel's disks; answers the writes that were acknowledged.
    private List<Write> crash(int seed) throws Exception {
        try (TestGroup g = new TestGroup(seed)) {
            final byte[] same = random(LEN, seed);
            final List<CrashDevice> devices = List.of(g.crash("a", LEN), g.crash("b", LEN), g.crash("log", 8));
            devices.get(0).setContents(same);
            devices.get(1).setContents(same);
            final String legs = " 2 a 0 b 0";
            final TestDevice dev = g.create("dev", "0 " + LEN + " mirror disk 3 log " + REGION + " nosync" + legs);
            dev.reload("0 " + LEN + " mirror disk 2 log " + REGION + legs);
            final Random random = new Random(seed);
            final List<Write> writes = new ArrayList<>();
            for (int i = 0; i < WRITES; i++) {
                // each in a place of its own: which of two writes comes last is not asked here
                final long sector = (long) i * (LEN / WRITES) + random.nextInt(LEN / WRITES - WRITE_SECTORS);
                final byte[] bytes = random(WRITE_SECTORS, seed * 100L + i);
                writes.add(new Write(
                        dev.start(ReqOp.WRITE, BioFlags.FUA, sector, WRITE_SECTORS, bytes.clone()), sector, bytes));
                g.scheduler().run(random.nextInt(25));
                if (random.nextInt(8) == 0) {
                    g.scheduler().runToIdle(); // regions become clean
                }
            }
            writes.removeIf(write -> !write.io.done());
            for (int i = 0; i < devices.size(); i++) {
                write(kernel.disks().path(i == 2 ? 3 : i), 0, devices.get(i).afterCrash(seed + i));
            }
            dev.awaitAll();
            return writes;
        }
    }

    // ---- legs that fail ----

    @Test
    void aFailedWriteIsHeldAndGoesToTheNextTableAsInTheKernel() throws Exception {
        final List<String> texts = new ArrayList<>();
        for (Side side : sides()) {
            side.create(Side.MAIN, table(side, "core 2 " + REGION + " nosync", " 1 handle_errors"));
            bench().replacePiece(side.disks().path(1), BROKEN);
            final long events = side.info(Side.MAIN).eventNr();
            final CompletableFuture<Long> write =
                    CompletableFuture.supplyAsync(() -> write(side.path(Side.MAIN), 200, random(8, 1)));
            awaitInfo(side, " 31/32 1 AD ");
            assertTrue(!write.isDone(), side.disks().side() + ": not held");
            texts.add(
                    side.named(info(side)) + ", events " + (side.info(Side.MAIN).eventNr() - events));
            final String next = "0 " + LEN + " linear " + side.disks().path(0) + " 0";
            assertEquals(0, side.load(Side.MAIN, next).errno());
            assertEquals(0, side.suspend(Side.MAIN, true).errno());
            assertTrue(!write.isDone(), side.disks().side() + ": failed by a suspend without flush");
            assertEquals(0, side.resume(Side.MAIN).errno());
            assertEquals(8 << 9, write.get());
            assertEquals(-1, Arrays.mismatch(random(8, 1), read(side.path(Side.MAIN), 200, 8)));
        }
        assertEquals(texts.get(0), texts.get(1));
    }

    @Test
    void theDefaultLegMovesAndKeepLogGoesOnAsInTheKernel() throws Exception {
        final List<String> texts = new ArrayList<>();
        for (Side side : sides()) {
            side.create(Side.MAIN, table(side, "disk 3 LOG " + REGION + " nosync", " 2 handle_errors keep_log"));
            bench().replacePiece(side.disks().path(0), BROKEN);
            assertEquals(8 << 9, write(side.path(Side.MAIN), 200, random(8, 2)));
            assertEquals(-1, Arrays.mismatch(random(8, 2), read(side.path(Side.MAIN), 200, 8)));
            awaitInfo(side, " 31/32 1 DA ");
            texts.add(info(side));
            bench().replacePiece(side.disks().path(3), BROKEN);
            texts.add(Long.toString(write(side.path(Side.MAIN), 1000, random(8, 3))));
            texts.add(info(side));
        }
        assertEquals(texts.subList(0, 3), texts.subList(3, 6));
    }

    @Test
    void aFailedReadIsTriedOnAnotherLegAndAFailedRecoveryIsToldAsInTheKernel() throws Exception {
        final List<String> texts = new ArrayList<>();
        for (Side side : sides()) {
            side.create(Side.MAIN, table(side, "core 2 " + REGION + " nosync", ""));
            final byte[] second = read(side.disks().path(1), 0, 8);
            bench().replacePiece(side.disks().path(0), BROKEN);
            assertEquals(-1, Arrays.mismatch(second, read(side.path(Side.MAIN), 0, 8)));
            texts.add(info(side));
            side.removeAll();
            side.create(Side.MAIN, table(side, "disk 2 LOG " + REGION, " 1 handle_errors"));
            awaitInfo(side, " 1 SA ");
            texts.add(info(side));
        }
        assertEquals(texts.subList(0, 2), texts.subList(2, 4));
    }
}
