package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Snapshots at their limits: where the store ends, where the snapshot is shorter than its origin, what fails, what is
/// handed over, what a store of another's making may hold.
class SnapshotEdgeTest {
    private static final int SECTORS = 256;
    private static final int CHUNK = 8;
    private static final int EIO = 5;
    private static final int MAGIC = 0x70416e53;

    private static SnapshotFixture fixture(long seed) throws TableException {
        return new SnapshotFixture(new TestGroup.Config(seed), SECTORS);
    }

    /// A store of `sectors` with chunks of `chunk` sectors whose first area has `entries`: old and new chunks in turn.
    private static byte[] store(SnapshotFixture f, int sectors, int chunk, long... entries) {
        final byte[] bytes = f.random(sectors);
        final ByteBuffer at = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        at.putInt(MAGIC).putInt(1).putInt(1).putInt(chunk);
        Arrays.fill(bytes, (chunk << 9), (2 * chunk) << 9, (byte) 0);
        at.position(chunk << 9);
        for (long entry : entries) {
            at.putLong(entry);
        }
        return bytes;
    }

    private static byte[] chunk(byte[] bytes, int chunk) {
        return Arrays.copyOfRange(bytes, (chunk * CHUNK) << 9, ((chunk + 1) * CHUNK) << 9);
    }

    private static void compareChunk(String what, byte[] expected, TestDevice dev, int chunk) {
        ContractFixture.compare(what, expected, dev.read((long) chunk * CHUNK, CHUNK));
    }

    // ---- what is read of a store ----

    /// A merge that was cut off while it cleared entries leaves some behind the end.
    @Test
    void entriesBehindTheEndDoNotComeBack() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final byte[] cow = store(f, 1024, CHUNK, 3, 2, 0, 0, 9, 5);
            f.group.crash("cow-s", 1024).setContents(cow);
            final String line = SnapshotFixture.line(SECTORS, "cow-s", "P 8");
            final TestDevice dev = f.group.create("s", line);
            compareChunk("exception", chunk(cow, 2), dev, 3);
            final byte[] bytes = f.random(CHUNK);
            dev.write(CHUNK, bytes);
            dev.close();
            final TestDevice again = f.group.create("s", line);
            compareChunk("written", bytes, again, 1);
            compareChunk("exception", chunk(cow, 2), again, 3);
            compareChunk("none", chunk(f.image("o"), 9), again, 9);
        }
    }

    @Test
    void newChunksComeBehindAllThatAreInUse() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final byte[] cow = store(f, 1024, CHUNK, 3, 4, 5, 2);
            f.group.crash("cow-s", 1024).setContents(cow);
            final TestDevice dev = f.group.create("s", SnapshotFixture.line(SECTORS, "cow-s", "P 8"));
            assertEquals("0 256 snapshot 40/1024 16", dev.info());
            dev.write(CHUNK, f.random(CHUNK));
            dev.write(2 * CHUNK, f.random(CHUNK));
            compareChunk("first", chunk(cow, 4), dev, 3);
            compareChunk("second", chunk(cow, 2), dev, 5);
        }
    }

    @Test
    void aStoreThatEndsWithAFullAreaIsRefused() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final long[] entries = new long[64];
            for (int i = 0; i < 32; i++) {
                entries[2 * i] = i;
                entries[2 * i + 1] = 2L + i;
            }
            f.group.crash("cow-s", 34).setContents(store(f, 34, 1, entries));
            final TestDevice dev = f.group.create("s");
            final TableException e =
                    assertThrows(TableException.class, () -> dev.load(SnapshotFixture.line(SECTORS, "cow-s", "P 1")));
            assertEquals(
                    "snapshot: Failed to read snapshot metadata: sector 34 is past the end of cow-s", e.getMessage());
            assertEquals(EIO, e.errno());
        }
    }

    // ---- where the store ends ----

    /// A full area needs another one behind it, which ends the list.
    @Test
    void withoutRoomForTheNextAreaTheSnapshotIsInvalid() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 34, "P 1");
            for (int i = 0; i < 31; i++) {
                dev.write(i, f.random(1));
            }
            assertEquals("0 256 snapshot 33/34 2", dev.info());
            assertEquals(-EIO, dev.status(ReqOp.WRITE, 0, 100, 1));
            assertEquals("0 256 snapshot Invalid", dev.info());
        }
    }

    @Test
    void theLastChunkOfTheStoreIsUsed() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            f.snapshot("s", 24, "P 8");
            f.dev("s").write(0, f.random(CHUNK));
            assertEquals("0 256 snapshot 24/24 16", f.dev("s").info());
            f.dev("o").write(0, f.random(CHUNK));
            assertEquals("0 256 snapshot 24/24 16", f.dev("s").info());
            f.dev("o").write(CHUNK, f.random(CHUNK));
            assertEquals("0 256 snapshot Invalid", f.dev("s").info());
        }
    }

    /// The origin goes on only when the store says that it is invalid: after a power cut it must not look whole.
    @Test
    void afterAPowerCutAnOverflowedSnapshotIsInvalidOrWhole() {
        final int sectors = 64;
        Seeds.each(200, seed -> {
            final SnapshotFixture f = new SnapshotFixture(new TestGroup.Config(seed), sectors);
            f.snapshot("s", 40, "P 8"); // three chunks
            final byte[] before = f.image("s").clone();
            f.cow("s").slow(ReqOp.WRITE, (int) (seed % 4) * 15);
            final int steps = f.next(30);
            for (int i = 0; i < steps; i++) {
                final int n = 1 + f.next(CHUNK);
                final int flags = f.next(2) == 0 ? BioFlags.FUA : 0;
                f.dev("o").start(ReqOp.WRITE, flags, f.next(sectors - n + 1), n, f.random(n));
                if (f.next(4) == 0) {
                    f.dev("o").start(ReqOp.FLUSH, 0, 0, 0, new byte[0]);
                }
                f.group.scheduler().run(f.next(25));
            }
            try (TestGroup g = new TestGroup(seed)) {
                g.crash("org", sectors).setContents(f.org.afterCrash(seed));
                g.crash("cow-s", 40).setContents(f.cow("s").afterCrash(seed + 1));
                final TestDevice s = g.create("s", SnapshotFixture.line(sectors, "cow-s", "P 8"));
                if (!s.info().equals("0 64 snapshot Invalid")) {
                    ContractFixture.compare("snapshot after " + steps, before, s.read(0, sectors));
                }
            }
        });
    }

    // ---- a snapshot shorter than its origin ----

    @Test
    void whatIsWrittenBehindTheEndOfASnapshotIsNotCopied() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice whole = f.snapshot("whole", 1024, "P 8");
            f.cow("cow-half", 1024);
            final TestDevice half = f.group.create("half", "0 128 snapshot org cow-half P 8");
            f.dev("o").write(128, f.random(CHUNK));
            assertEquals("0 256 snapshot 24/1024 16", whole.info());
            assertEquals("0 128 snapshot 16/1024 16", half.info());
            f.dev("o").write(120, f.random(CHUNK));
            assertEquals("0 128 snapshot 24/1024 16", half.info());
            // With a longer table it has the rest, too.
            half.reload(SnapshotFixture.line(SECTORS, "cow-half", "P 8"));
            f.dev("o").write(136, f.random(CHUNK));
            assertEquals("0 256 snapshot 32/1024 16", half.info());
        }
    }

    // ---- failures ----

    @Test
    void aWriteThatCannotBeKeptIsNotAcknowledged() throws TableException {
        for (ReqOp op : List.of(ReqOp.WRITE, ReqOp.FLUSH)) {
            for (int n : List.of(CHUNK, 3)) {
                try (SnapshotFixture f = fixture(1)) {
                    f.snapshot("s", 1024, "P 8");
                    f.cow("s").fail(Fault.all(EIO, op));
                    final String what = op + " fails, " + n + " sectors";
                    assertEquals(-EIO, f.dev("s").status(ReqOp.WRITE, 0, 40, n), what);
                    assertEquals("0 256 snapshot Invalid", f.dev("s").info(), what);
                }
            }
        }
    }

    @Test
    void anOriginThatCannotBeReadMakesTheSnapshotInvalidAndIsWritten() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            f.snapshot("s", 1024, "P 8");
            f.org.fail(Fault.all(EIO, ReqOp.READ));
            final byte[] bytes = f.random(3);
            f.dev("o").write(40, bytes);
            f.org.heal();
            ContractFixture.compare("origin", bytes, f.dev("o").read(40, 3));
            assertEquals("0 256 snapshot Invalid", f.dev("s").info());
        }
    }

    @Test
    void aDiscardThatFailsSaysSo() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 40, "PO 8 1 discard_zeroes_cow");
            dev.write(0, f.random(3 * CHUNK));
            f.cow("s").fail(Fault.all(EIO, ReqOp.WRITE, ReqOp.WRITE_ZEROES));
            assertEquals(-EIO, dev.status(ReqOp.DISCARD, 0, 0, CHUNK));
            f.cow("s").heal();
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 0, CHUNK));
            assertEquals(-EIO, dev.status(ReqOp.WRITE, 0, 64, CHUNK));
            assertEquals("0 256 snapshot Overflow", dev.info());
            assertEquals(-EIO, dev.status(ReqOp.DISCARD, 0, CHUNK, CHUNK));
        }
    }

    @Test
    void aDiscardOfAPartOfAChunkLeavesTheRest() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 1024, "P 8 1 discard_zeroes_cow");
            final byte[] bytes = f.random(2 * CHUNK);
            dev.write(CHUNK, bytes);
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 12, 4));
            assertEquals(0, dev.status(ReqOp.DISCARD, 0, 16, 2));
            Arrays.fill(bytes, 4 << 9, 10 << 9, (byte) 0);
            ContractFixture.compare("discarded", bytes, dev.read(CHUNK, 2 * CHUNK));
        }
    }

    // ---- handed over, and taken away ----

    @Test
    void aReloadBringsItsOwnOverflowRule() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice dev = f.snapshot("s", 40, "P 8");
            dev.reload(SnapshotFixture.line(SECTORS, "cow-s", "PO 8"));
            dev.write(0, f.random(3 * CHUNK));
            assertEquals(-EIO, dev.status(ReqOp.WRITE, 0, 64, CHUNK));
            assertEquals("0 256 snapshot Overflow", dev.info());
        }
    }

    @Test
    void theEventIsTheDevicesThatHasTheStoreNow() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            final TestDevice s = f.snapshot("s", 40, "P 8");
            final TestDevice other = f.group.create("other");
            other.load(SnapshotFixture.line(SECTORS, "cow-s", "P 8"));
            s.suspend(false);
            other.resume();
            final long before = other.core().eventNr();
            final long gone = s.core().eventNr();
            f.dev("o").write(0, f.random(4 * CHUNK));
            assertEquals("0 256 snapshot Invalid", other.info());
            assertEquals(before + 1, other.core().eventNr());
            assertEquals(gone, s.core().eventNr());
        }
    }

    @Test
    void aTableThatWaitsKeepsAnotherFromItsStore() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            f.cow("cow-s", 1024);
            final String line = SnapshotFixture.line(SECTORS, "cow-s", "P 8");
            f.group.create("one").load(line);
            final TestDevice two = f.group.create("two");
            final TableException e = assertThrows(TableException.class, () -> two.load(line));
            assertEquals("snapshot: Snapshot cow pairing for exception table handover failed", e.getMessage());
        }
    }

    @Test
    void anOriginTakesOneMergeAtATime() throws TableException {
        try (SnapshotFixture f = fixture(1)) {
            f.snapshot("s", 1024, "P 8");
            f.snapshot("t", 1024, "P 8");
            f.dev("s").suspend(false);
            f.dev("o").reload("0 256 snapshot-merge org cow-s P 8");
            f.dev("t").suspend(false);
            final TestDevice second = f.group.create("second");
            final TableException e =
                    assertThrows(TableException.class, () -> second.load("0 256 snapshot-merge org cow-t P 8"));
            assertEquals("snapshot-merge: A snapshot is already merging.", e.getMessage());
        }
    }

    /// Writes to the origin wait for its exceptions: it goes when they are done, and they go on.
    @Test
    void aSnapshotIsTakenAwayWhileTheOriginWaitsForIt() {
        Seeds.each(40, seed -> {
            try (SnapshotFixture f = fixture(seed)) {
                f.snapshot("s", 1024, seed % 2 == 0 ? "P 8" : "N 8");
                f.snapshot("t", 1024, "P 16");
                f.cow("s").slow(ReqOp.WRITE, 3000);
                for (int i = 0; i < 6; i++) {
                    final byte[] bytes = f.random(CHUNK);
                    f.dev("o").startWrite((long) i * CHUNK, bytes);
                    System.arraycopy(bytes, 0, f.image("o"), (i * CHUNK) << 9, bytes.length);
                }
                f.group.scheduler().run(f.next(60));
                f.dev("s").close();
                f.forget("s");
                f.dev("o").awaitAll();
                assertTrue(f.dev("o").running() == 0);
                f.round(10);
                f.compareAll();
            }
        });
    }
}
