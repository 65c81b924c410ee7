package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a snapshot does that a plain model does not show: arguments, status, a full COW device, discards,
/// reloads.
class SnapshotBehaviourTest {
    private static final int SECTORS = 256;
    private static final int EIO = 5;

    private static SnapshotFixture fixture(long seed) throws TableException {
        return new SnapshotFixture(new TestGroup.Config(seed), SECTORS);
    }

    // ---- constructor ----

    @Test
    void badArgumentsAreRefusedInTheKernelsWords() throws TableException {
        final String store = "Couldn't create exception store";
        final List<BadLine> lines = List.of(
                new BadLine("", "requires 4 or more arguments", 22, 0),
                new BadLine("org cow P", "requires 4 or more arguments", 22, 3),
                new BadLine("org cow P 16 x", "Invalid number of feature arguments", 22, 4),
                new BadLine("org cow P 16 3 a b c", "Invalid number of feature arguments", 22, 4),
                new BadLine("org cow P 16 2 discard_zeroes_cow", "Invalid number of feature arguments", 22, 4),
                new BadLine("org cow P 16 1 discard", "Unrecognised feature requested", 22, 5),
                new BadLine(
                        "org cow P 16 1 discard_passdown_origin",
                        "discard_passdown_origin feature depends on discard_zeroes_cow",
                        22,
                        -1),
                new BadLine("nosuch cow P 16", "Cannot get origin device", 2, 0),
                new BadLine("org nosuch P 16", "Cannot get COW device", 2, 1),
                new BadLine("org org P 16", "COW device cannot be the same as origin device", 22, 1),
                new BadLine("org cow X 16", store, 22, 2),
                new BadLine("org cow PX 16", store, 22, 2),
                new BadLine("org cow persistent 16", store, 22, 2),
                new BadLine("org cow P 12", store, 22, 3),
                new BadLine("org cow P 16k", store, 22, 3),
                new BadLine("org cow P -1", store, 22, 3),
                new BadLine("org cow P 4194304", store, 22, 3),
                new BadLine("org cow N 0", "Chunk size not set", 22, 3),
                new BadLine("org cow P 1024", "Failed to read snapshot metadata", 5, -1),
                new BadLine("org junk P 16", "Failed to read snapshot metadata", 6, -1),
                new BadLine("org version P 16", "Failed to read snapshot metadata", 22, -1),
                new BadLine("org odd P 16", "Failed to read snapshot metadata", 22, -1));
        try (SnapshotFixture f = fixture(1)) {
            f.cow("cow", 512);
            f.group.crash("junk", 512).setContents(f.random(512));
            f.group.crash("version", 512).setContents(header(1, 2, 16, 512));
            f.group.crash("odd", 512).setContents(header(1, 1, 12, 512));
            final int open = f.group.allOpens();
            final TestDevice dev = f.group.create("s");
            for (BadLine bad : lines) {
                final TableException e = assertThrows(
                        TableException.class, () -> dev.load("0 256 snapshot " + bad.params()), bad.toString());
                assertTrue(e.getMessage().startsWith("snapshot: " + bad.error()), e.getMessage() + " for " + bad);
                assertEquals(bad.errno(), e.errno(), bad.toString());
                assertEquals(bad.argument(), e.argument(), bad.toString());
                assertEquals(open, f.group.allOpens(), "left open by " + bad);
            }
            dev.load("0 256 snapshot org cow po 16");
        }
    }

    private static byte[] header(int valid, int version, int chunk, int sectors) {
        final byte[] bytes = new byte[sectors << 9];
        final int[] fields = {0x70416e53, valid, version, chunk};
        for (int i = 0; i < 16; i++) {
            bytes[i] = (byte) (fields[i / 4] >>> (8 * (i % 4)));
        }
        return bytes;
    }

    @Test
    void tableIsAcceptedAgain() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            for (String rest : List.of("P 16", "PO 8", "N 32", "P 16 1 discard_zeroes_cow")) {
                f.cow("cow", 1024);
                final String line = SnapshotFixture.line(SECTORS, "cow", rest);
                final TestDevice dev = f.group.create("s", line);
                assertEquals(line, dev.table());
                dev.close();
            }
            f.cow("cow", 1024);
            final TestDevice dev = f.group.create(
                    "s", SnapshotFixture.line(SECTORS, "cow", "p 0 2 Discard_Passdown_Origin DISCARD_ZEROES_COW more"));
            assertEquals(
                    SnapshotFixture.line(SECTORS, "cow", "P 32 2 discard_zeroes_cow discard_passdown_origin"),
                    dev.table());
        }
    }

    // ---- format ----

    /// Written by hand from the format's description, without the code of the target.
    @Test
    void theCowDeviceHasTheKernelsBytes() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 512, "P 1");
            assertEquals("0 256 snapshot 2/512 2", dev.info());
            final byte[] before = f.image("s").clone();
            final byte[] bytes = f.random(1);
            dev.write(7, bytes);
            f.dev("o").write(3, f.random(1));
            for (int i = 0; i < 31; i++) {
                dev.write(100 + i, f.random(1));
            }
            final byte[] cow = f.cow("s").contents();
            ContractFixture.compare("header", header(1, 1, 1, 1), Arrays.copyOf(cow, 512));
            // 32 entries an area: chunk 1 is the first, 34 the next; data from 2 on.
            assertEquals(List.of(7L, 2L, 3L, 3L, 100L, 4L), entries(cow, 1, 3));
            assertEquals(List.of(129L, 33L), entries(cow, 1, 32).subList(62, 64));
            assertEquals(List.of(130L, 35L, 0L, 0L), entries(cow, 34, 2));
            ContractFixture.compare("data", bytes, Arrays.copyOfRange(cow, 2 << 9, 3 << 9));
            ContractFixture.compare(
                    "copy", Arrays.copyOfRange(before, 3 << 9, 4 << 9), Arrays.copyOfRange(cow, 3 << 9, 4 << 9));
            assertEquals("0 256 snapshot 36/512 3", dev.info());
        }
    }

    private static List<Long> entries(byte[] cow, int sector, int count) {
        final List<Long> list = new ArrayList<>();
        for (int i = 0; i < count * 2; i++) {
            long value = 0;
            for (int b = 7; b >= 0; b--) {
                value = value << 8 | (cow[(sector << 9) + i * 8 + b] & 0xff);
            }
            list.add(value);
        }
        return list;
    }

    // ---- a full COW device ----

    @Test
    void aFullSnapshotIsInvalidAndTheOriginGoesOn() {
        Seeds.each(10, seed -> {
            try (SnapshotFixture f = fixture(seed)) {
                f.snapshot("big", 1024, "P 8");
                // Room for a header, an area and three chunks.
                f.snapshot("s", 40, seed % 2 == 0 ? "P 8" : "N 8");
                final long events = f.dev("s").core().eventNr();
                final boolean byOrigin = f.next(2) == 0;
                for (int i = 0; i < 8; i++) {
                    final byte[] bytes = f.random(8);
                    f.dev(byOrigin ? "o" : "s").start(ReqOp.WRITE, 0, 8L * i, 8, bytes);
                    if (byOrigin) {
                        System.arraycopy(bytes, 0, f.image("o"), (8 * i) << 9, bytes.length);
                    }
                }
                f.dev("o").awaitAll();
                f.dev("s").awaitAll();
                assertEquals("0 256 snapshot Invalid", f.dev("s").info());
                assertEquals(1, f.dev("s").core().eventNr() - events);
                assertEquals(-EIO, f.dev("s").status(ReqOp.READ, 0, 0, 8));
                assertEquals(-EIO, f.dev("s").status(ReqOp.WRITE, 0, 0, 8));
                f.dev("s").suspend(false);
                f.forget("s");
                f.round(10);
                f.compareAll();
                if (seed % 2 == 0) {
                    ContractFixture.compare(
                            "header",
                            header(0, 1, 8, 1),
                            Arrays.copyOf(f.cow("s").contents(), 512));
                }
            }
        });
    }

    @Test
    void anOverflowOfAWriteToTheSnapshotKeepsWhatIsThereWhereUserSpaceCanHandleIt() throws TableException {
        try (SnapshotFixture f = fixture(3)) {
            f.snapshot("s", 40, "PO 8");
            for (int i = 0; i < 3; i++) {
                final byte[] bytes = f.random(8);
                f.dev("s").write(8L * i, bytes);
                System.arraycopy(bytes, 0, f.image("s"), (8 * i) << 9, bytes.length);
            }
            assertEquals(-EIO, f.dev("s").status(ReqOp.WRITE, 0, 64, 8));
            assertEquals("0 256 snapshot Overflow", f.dev("s").info());
            assertEquals(-EIO, f.dev("s").status(ReqOp.WRITE, 0, 0, 8));
            f.compareAll();
            // A write to the origin needs room all the same.
            f.dev("o").write(64, f.random(8));
            assertEquals("0 256 snapshot Invalid", f.dev("s").info());
        }
    }

    @Test
    void anErrorOfTheCowDeviceMakesTheSnapshotInvalidAndNotTheOrigin() {
        Seeds.each(20, seed -> {
            try (SnapshotFixture f = fixture(seed)) {
                f.snapshot("s", 1024, "P 8");
                f.round(8);
                f.cow("s").fail(Fault.all(EIO, seed % 2 == 0 ? ReqOp.WRITE : ReqOp.FLUSH));
                f.dev("s").start(ReqOp.WRITE, 0, 40, 20, f.random(20));
                f.dev("o").start(ReqOp.WRITE, 0, 200, 20, f.random(20));
                f.dev("s").awaitAll();
                f.dev("o").awaitAll();
                final byte[] bytes = f.random(SECTORS);
                f.dev("o").write(0, bytes);
                assertEquals("0 256 snapshot Invalid", f.dev("s").info());
                ContractFixture.compare("o", bytes, f.dev("o").read(0, SECTORS));
                f.cow("s").heal();
                f.dev("s").suspend(false);
            }
        });
    }

    @Test
    void aSnapshotThatIsMarkedInvalidIsReadAsSuch() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            f.group.crash("cow", 512).setContents(header(0, 1, 8, 512));
            final TestDevice dev = f.group.create("s", SnapshotFixture.line(SECTORS, "cow", "P 16"));
            assertEquals("0 256 snapshot Invalid", dev.info());
            assertEquals("0 256 snapshot org cow P 8", dev.table());
            assertEquals(-EIO, dev.status(ReqOp.READ, 0, 0, 1));
            f.dev("o").write(0, f.random(SECTORS));
            dev.suspend(false);
        }
    }

    // ---- discards ----

    @Test
    void withoutTheFeatureThereAreNoDiscards() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 1024, "P 8");
            assertEquals(0, dev.core().limits().maxDiscardSectors());
            assertEquals(-95, dev.status(ReqOp.DISCARD, 0, 0, 8));
        }
    }

    @Test
    void aDiscardZeroesAWholeChunkThatHasAnException() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 1024, "P 8 1 discard_zeroes_cow");
            final QueueLimits limits = dev.core().limits();
            assertEquals(8, limits.maxDiscardSectors());
            assertEquals(8 << 9, limits.discardGranularity());
            dev.write(8, f.random(16));
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 0, 24));
            ContractFixture.compare("zeroed", new byte[16 << 9], dev.read(8, 16));
            // A chunk without an exception stays as the origin has it.
            ContractFixture.compare("kept", Arrays.copyOf(f.image("o"), 8 << 9), dev.read(0, 8));
            ContractFixture.compare("origin", f.image("o"), f.org.contents());
        }
    }

    @Test
    void aDiscardIsPassedDownToTheOriginWithoutAnException() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 1024, "P 8 2 discard_zeroes_cow discard_passdown_origin");
            final String info = dev.info();
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 8, 16));
            assertEquals(info, dev.info());
            ContractFixture.compare("origin", new byte[16 << 9], Arrays.copyOfRange(f.org.contents(), 8 << 9, 24 << 9));
        }
    }

    // ---- reloads ----

    @Test
    void aReloadHandsTheStoreOver() {
        Seeds.each(20, seed -> {
            try (SnapshotFixture f = fixture(seed)) {
                f.snapshot("s", 2048, "P 8");
                f.snapshot("n", 1024, "N 16");
                for (int i = 0; i < 6; i++) {
                    f.round(8);
                    final String name = f.next(2) == 0 ? "s" : "n";
                    f.dev(name).load(f.dev(name).table());
                    final TestIo write = f.dev("o").start(ReqOp.WRITE, BioFlags.FUA, 0, 8, f.random(8));
                    System.arraycopy(write.buffer(), 0, f.image("o"), 0, 8 << 9);
                    f.group.scheduler().run(f.next(30));
                    f.dev(name).resume();
                    f.dev("o").awaitAll();
                    assertTrue(
                            f.dev(name).info().matches("0 256 snapshot [0-9/ ]+"),
                            f.dev(name).info());
                    f.compareAll();
                }
            }
        });
    }

    @Test
    void aHandoverHasTheKernelsRules() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice s = f.snapshot("s", 1024, "P 8");
            final String line = SnapshotFixture.line(SECTORS, "cow-s", "P 8");
            final TestDevice other = f.group.create("other");
            other.load(line);
            // A third that shares the COW device.
            final TestDevice third = f.group.create("third");
            assertEquals(
                    "snapshot: Snapshot cow pairing for exception table handover failed",
                    assertThrows(TableException.class, () -> third.load(line)).getMessage());
            assertEquals(
                    "snapshot: Unable to perform snapshot handover until source is suspended.",
                    assertThrows(TableException.class, other::resume).getMessage());
            s.suspend(false);
            assertEquals(
                    "snapshot: Unable to resume snapshot source until handover completes.",
                    assertThrows(TableException.class, s::resume).getMessage());
            other.resume();
            assertEquals("0 256 snapshot Invalid", s.info());
            assertEquals("0 256 snapshot 16/1024 16", other.info());
            f.forget("s");
            ContractFixture.compare("other", f.image("o"), other.read(0, SECTORS));
        }
    }

    @Test
    void aSourceThatGoesCancelsTheHandover() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice s = f.snapshot("s", 1024, "P 8");
            final TestDevice other = f.group.create("other");
            other.load(SnapshotFixture.line(SECTORS, "cow-s", "P 8"));
            f.forget("s");
            s.close();
            other.resume();
            assertEquals("0 256 snapshot Invalid", other.info());
            assertEquals(-EIO, other.status(ReqOp.READ, 0, 0, 1));
            f.dev("o").write(0, f.random(8));
        }
    }

    // ---- cost ----

    /// Reads of chunks without an exception, writes of chunks that have one; a merge's go by the domain.
    @Test
    void aRequestAllocatesNothing() throws Exception {
        for (String name : List.of("snapshot", "snapshot-merge")) {
            final List<RamDevice> devices = List.of(new RamDevice("org", SECTORS), new RamDevice("cow", 1024));
            assertArrayEquals(
                    new long[] {0, 0},
                    AllocationGate.bytes(OurTargets.named(name), SECTORS, "org cow P 16", devices),
                    name + ": bytes of 100000 reads, of 100000 writes");
        }
    }

    /// Writes that each copy a chunk; the table of exceptions grows, but not with every write.
    @Test
    void aCopyAllocatesNothing() throws Exception {
        final long sectors = 1L << 26;
        final List<RamDevice> devices =
                List.of(new EndlessDevice("org", sectors), new EndlessDevice("cow", 2 * sectors));
        for (String store : List.of("P", "N")) {
            final long[] bytes = AllocationGate.bytes(
                    OurTargets.named("snapshot"),
                    new AllocationGate.Line(sectors, "org cow " + store + " 16", false, 16),
                    devices);
            assertArrayEquals(new long[] {0, 0}, bytes, store + ": bytes of 100000 reads, of 100000 writes");
        }
    }
}
