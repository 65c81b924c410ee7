package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every target must do: its test extends this class and says what the target is and where it keeps
/// things.
///
/// The target lies between two linear ones, so that it starts past sector 0; its devices end their I/O in
/// random order and have volatile caches.
public abstract class TargetContractTest {
    private static final int SEEDS = 10;
    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    private static final int EOPNOTSUPP = 95;

    /// For subclasses.
    protected TargetContractTest() {}

    protected abstract TargetType type();

    /// How many lower devices it takes; they are named `d0`, `d1`, ...
    protected abstract int devices();

    /// How many of them, from `d0`, hold what the target stores; the others are its own affair, a log's for
    /// one, and neither compared nor lost in a crash.
    protected int dataDevices() {
        return devices();
    }

    protected abstract long lenSectors();

    /// The arguments of a valid line of [#lenSectors] on `devices`.
    protected abstract String params(List<String> devices);

    /// Where the target keeps its sector `offset`.
    protected abstract Content content(long offset);

    /// The bytes on the device for the target's sector `offset` of `shown` bytes: for targets that change what they
    /// store.
    protected byte[] stored(long offset, byte[] shown) {
        return shown;
    }

    /// What [#stored] was made of.
    protected byte[] shown(long offset, byte[] stored) {
        return stored;
    }

    /// Where else it keeps the same sector: a write changes all of them, a read comes from [#content].
    protected List<Content.Stored> copies(long offset) {
        return List.of();
    }

    protected abstract List<BadLine> badLines();

    /// Is the target for read-only tables? Then every write fails.
    protected boolean readOnly() {
        return false;
    }

    /// Changes what the lower devices hold before the target is made: random bytes, or zeros.
    protected void prepare(List<byte[]> images) {}

    /// How large each lower device is.
    protected long deviceSectors() {
        return lenSectors() + 64;
    }

    /// Borders inside of the target, in sectors from its start, where requests are to be tried.
    protected List<Long> borders() {
        return List.of();
    }

    /// Does a flush reach the devices? Some of the kernel's targets acknowledge it without.
    protected boolean passesFlush() {
        return stores();
    }

    final List<String> deviceNames() {
        return IntStream.range(0, devices()).mapToObj(i -> "d" + i).toList();
    }

    private boolean stores() {
        return content(0) instanceof Content.Stored;
    }

    private boolean fails() {
        return content(0) instanceof Content.Fails;
    }

    // ---- data ----

    @Test
    void readsAndWritesAtEveryBorder() {
        Seeds.each(2, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                final List<Long> all =
                        new ArrayList<>(borders().stream().map(b -> b + f.begin).toList());
                all.addAll(List.of(0L, (long) f.begin, f.begin + lenSectors(), f.size()));
                for (long border : all) {
                    for (long from = Math.max(0, border - 2); from <= border + 1; from++) {
                        for (int n = 1; n <= 5 && from + n <= f.size(); n++) {
                            f.write(from, f.random(n), 0);
                            f.readAndCompare(from, n);
                        }
                    }
                }
                f.readAndCompare(0, (int) f.size());
                f.compareDevices();
            }
        });
    }

    @Test
    void randomRequestsAreSplitAsTheModelSays() {
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                for (int i = 0; i < 60; i++) {
                    final int n = 1 + f.next((int) f.size());
                    final int at = f.next((int) f.size() - n + 1);
                    if (f.next(2) == 0) {
                        f.write(at, f.random(n), 0);
                    } else {
                        f.readAndCompare(at, n);
                    }
                }
                f.compareDevices();
            }
        });
    }

    @Test
    void manyRequestsAtOnceDoNotMix() {
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                final int each = (int) f.size() / 40;
                for (int i = 0; i < 40; i++) {
                    final byte[] bytes = f.random(each);
                    f.dev.startWrite((long) i * each, bytes);
                    f.modelWrite((long) i * each, bytes);
                }
                f.dev.awaitAll();
                f.compareDevices();
            }
        });
    }

    @Test
    void pastTheEndFails() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1).live()) {
            assertEquals(-EIO, f.dev.status(ReqOp.READ, 0, f.size(), 1));
            assertEquals(-EIO, f.dev.status(ReqOp.WRITE, 0, f.size() - 1, 2));
        }
    }

    // ---- durability ----

    @Test
    void acknowledgedAndFlushedDataSurvivesACrash() {
        assumeTrue(passesFlush(), "passes no flush");
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                for (int i = 0; i < 20; i++) {
                    final int n = 1 + f.next((int) f.size() / 2);
                    f.write(f.next((int) (f.size() - n + 1)), f.random(n), 0);
                }
                f.dev.flush();
                assertNothingVolatile(f);
                f.data().forEach(d -> d.crash(seed));
                f.pad.crash(seed);
                f.readAndCompare(0, (int) f.size());
            }
        });
    }

    @Test
    void preflushMakesWhatWasAcknowledgedDurable() {
        assumeTrue(passesFlush(), "passes no flush");
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                f.write(0, f.random((int) f.size()), 0);
                f.write(0, f.random(1), BioFlags.PREFLUSH | BioFlags.FUA);
                assertNothingVolatile(f);
            }
        });
    }

    @Test
    void fuaWriteIsDurableWithoutFlush() {
        assumeTrue(stores(), "keeps no data");
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                final int n = 1 + f.next((int) f.size());
                final int at = f.next((int) f.size() - n + 1);
                f.write(at, f.random(n), BioFlags.FUA);
                f.data().forEach(CrashDevice::close);
                f.pad.close();
                f.readAndCompare(at, n);
            }
        });
    }

    private static void assertNothingVolatile(ContractFixture f) {
        for (CrashDevice device : f.data()) {
            assertEquals(0, device.volatileSectors(), device + " after the flush");
        }
        assertEquals(0, f.pad.volatileSectors(), "pad after the flush");
    }

    // ---- discard and write zeroes ----

    /// 0 or `-errno` of a discard within the target; `supported` is what the devices can do.
    protected int discardStatus(boolean supported) {
        return switch (content(0)) {
            case Content.Stored s -> supported ? 0 : -EOPNOTSUPP;
            case Content.Zeros z -> 0;
            case Content.Fails fails -> -fails.errno();
        };
    }

    @Test
    void discardReachesJustTheRange() {
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                for (int i = 0; i < 10; i++) {
                    final int n = 1 + f.next((int) lenSectors());
                    final int at = f.begin + f.next((int) lenSectors() - n + 1);
                    final int status = f.dev.status(ReqOp.DISCARD, 0, at, n);
                    assertEquals(discardStatus(true), status);
                    if (status == 0) {
                        f.modelDiscard(at, n); // the test devices zero what is discarded
                    }
                }
                f.compareDevices();
            }
        });
    }

    @Test
    void discardThatTheDevicesCannotDoIsRefused() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            f.lower.forEach(d -> d.without(ReqOp.DISCARD));
            f.live();
            assertEquals(discardStatus(false), f.dev.status(ReqOp.DISCARD, 0, f.begin, (int) lenSectors()));
            f.compareDevices();
        }
    }

    @Test
    void writeZeroesLeavesZeros() {
        writeZeroes(true);
    }

    @Test
    void writeZeroesIsWrittenOutWhereTheDevicesCannotDoIt() {
        writeZeroes(false);
    }

    private void writeZeroes(boolean supported) {
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed)) {
                if (!supported) {
                    f.lower.forEach(d -> d.without(ReqOp.WRITE_ZEROES));
                    f.pad.without(ReqOp.WRITE_ZEROES);
                }
                f.live();
                for (int i = 0; i < 10; i++) {
                    final int n = 1 + f.next((int) f.size());
                    final int at = f.next((int) f.size() - n + 1);
                    final int expected = fails() || readOnly() ? f.expectedWriteStatus(at, n) : 0;
                    assertEquals(expected, f.dev.status(ReqOp.WRITE_ZEROES, 0, at, n));
                    f.modelWrite(at, new byte[n << 9]);
                }
                f.compareDevices();
            }
        });
    }

    // ---- errors ----

    @Test
    void anErrorBelowComesUpOnceWithItsErrno() {
        assumeTrue(stores(), "no I/O below");
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                final long offset = f.next((int) lenSectors());
                final Content.Stored bad = (Content.Stored) content(offset);
                f.lower
                        .get(bad.device())
                        .fail(Fault.all(ENOSPC, ReqOp.WRITE, ReqOp.READ).within(bad.sector(), 1));
                final long sector = f.begin + offset;
                assertEquals(readOnly() ? -EIO : -ENOSPC, f.dev.status(ReqOp.WRITE, 0, 0, (int) f.size()));
                assertEquals(-ENOSPC, f.dev.status(ReqOp.READ, 0, sector, 1));
                if (sector + 1 < f.size()) {
                    assertEquals(0, f.dev.status(ReqOp.READ, 0, sector + 1, 1));
                }
                if (sector > 0) {
                    assertEquals(0, f.dev.status(ReqOp.READ, 0, sector - 1, 1));
                }
            }
        });
    }

    @Test
    void aFailedFlushBelowFailsTheFlush() throws TableException {
        assumeTrue(passesFlush(), "passes no flush");
        for (int i = 0; i < dataDevices(); i++) {
            try (ContractFixture f = new ContractFixture(this, 1).live()) {
                f.lower.get(i).fail(Fault.all(EIO, ReqOp.FLUSH));
                assertEquals(-EIO, f.dev.status(ReqOp.FLUSH, 0, 0, 0));
                f.lower.get(i).heal();
                assertEquals(0, f.dev.status(ReqOp.FLUSH, 0, 0, 0));
            }
        }
    }

    // ---- suspend, swap ----

    @Test
    void suspendWaitsForWhatIsInFlightAndHoldsWhatComes() {
        Seeds.each(SEEDS, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed).live()) {
                final boolean noflush = f.next(2) == 0;
                final List<TestIo> before = startReads(f, 30);
                f.group.scheduler().run(f.next(40));
                f.dev.suspend(noflush);
                assertEquals(0, f.group.scheduler().lowerIoPending(), "in flight after suspend");
                assertEquals(0, f.dev.core().busyBios(), "bios in flight after suspend");
                final List<TestIo> during = startReads(f, 30);
                f.group.scheduler().runToIdle();
                assertTrue(during.stream().noneMatch(TestIo::done), "went through a suspended device");
                f.dev.resume();
                f.dev.awaitAll();
                assertTrue(before.stream().allMatch(TestIo::done));
                assertTrue(during.stream().allMatch(TestIo::done));
            }
        });
    }

    private static List<TestIo> startReads(ContractFixture f, int count) {
        final List<TestIo> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int n = 1 + f.next(32);
            list.add(f.dev.startRead(f.next((int) f.size() - n), n));
        }
        return list;
    }

    @Test
    void tablesSwapUnderLoadWithoutAnErrorOrALostRequest() {
        Seeds.each(2, seed -> {
            try (ContractFixture f = new ContractFixture(this, seed, 4).live()) {
                final List<TestIo> all = new ArrayList<>();
                for (int swap = 0; swap < 200; swap++) {
                    for (int i = 0; i < 4; i++) {
                        final int n = 1 + f.next(16);
                        all.add(f.dev.startRead(f.next(fails() ? 4 : (int) f.size() - n), fails() ? 2 : n));
                    }
                    f.group.scheduler().run(f.next(12));
                    f.reload(f.table);
                }
                f.dev.awaitAll();
                for (TestIo io : all) {
                    assertEquals(0, io.status(), io.toString());
                }
                final int opens = f.group.allOpens();
                f.reload(f.table);
                assertEquals(opens, f.group.allOpens(), "a table that is gone has devices open");
                f.readAndCompare(0, (int) f.size());
            }
        });
    }

    // ---- tables ----

    @Test
    void tableStatusIsAcceptedByTheConstructorAgain() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1).live()) {
            final String text = f.dev.table();
            f.reload(text);
            assertEquals(text, f.dev.table());
            f.write(0, f.random((int) f.size()), 0);
            f.readAndCompare(0, (int) f.size());
            f.compareDevices();
        }
    }

    @Test
    void badArgumentsAreRefusedAndNothingStaysOpen() throws TableException {
        for (BadLine bad : badLines()) {
            try (ContractFixture f = new ContractFixture(this, 1)) {
                final String line = "0 " + lenSectors() + " " + type().name() + " " + bad.params();
                final TableException e =
                        assertThrows(TableException.class, () -> f.load(line), "accepted: " + bad.params());
                final String text = type().name() + ": " + bad.error();
                assertTrue(String.valueOf(e.getMessage()).startsWith(text), e.getMessage() + " for " + bad);
                assertEquals(bad.errno(), e.errno(), bad.toString());
                assertEquals(bad.argument(), e.argument(), bad.toString());
                assertEquals(0, e.line(), bad.toString());
                assertEquals(0, f.group.allOpens(), "devices stay open after " + bad);
            }
        }
    }

    @Test
    void deviceArgumentsAreThoseThatTheConstructorOpens() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            final String params = params(deviceNames());
            final List<DeviceArg> named;
            try (TargetArgs args = TargetArgs.split(params)) {
                named = type().deviceArgs(args);
                assertEquals(named, type().deviceArgs(args), "not pure");
                assertEquals(args.count(), args.remaining(), "deviceArgs takes arguments away");
            }
            assertEquals(0, f.group.allOpens());
            f.group.takeOpenedWords();
            f.load("0 " + f.line());
            assertEquals(
                    f.group.takeOpenedWords(),
                    named.stream().map(DeviceArg::word).distinct().toList());
        }
    }

    @Test
    void deviceArgumentsOfABadLineDoNotThrow() {
        for (BadLine bad : badLines()) {
            try (TargetArgs args = TargetArgs.split(bad.params())) {
                for (DeviceArg arg : type().deviceArgs(args)) {
                    assertEquals(args.word(arg.index()), arg.word());
                }
            }
        }
    }

    @Test
    void aDeviceTooSmallIsRefused() throws TableException {
        assumeTrue(stores(), "uses no area");
        try (TestGroup g = new TestGroup(1, type())) {
            for (int i = 0; i < devices(); i++) {
                g.ram("d" + i, i < dataDevices() ? 1 : deviceSectors());
            }
            final TestDevice dev = g.create("dev");
            final String line = "0 " + lenSectors() + " " + type().name() + " " + params(deviceNames());
            final TableException e = assertThrows(TableException.class, () -> {
                if (readOnly()) {
                    dev.loadReadOnly(line);
                } else {
                    dev.load(line);
                }
            });
            assertTrue(String.valueOf(e.getMessage()).contains("too small"), e.getMessage());
        }
    }

    // ---- limits ----

    @Test
    void limitsOfTheDevicesStack() throws TableException {
        assumeTrue(stores(), "has no devices");
        try (ContractFixture f = new ContractFixture(this, 1)) {
            final QueueLimits.Builder b = RamDevice.DISK.toBuilder();
            b.logicalBlockSize = 1024;
            b.physicalBlockSize = 4096;
            b.ioMin = 4096;
            b.dmaAlignmentMask = 1023;
            b.maxSegments = 7;
            b.rotational = true;
            f.lower.getFirst().limits(b.build());
            f.reload("0 " + f.line());
            final QueueLimits limits = f.dev.core().limits();
            assertEquals(1024, limits.logicalBlockSize());
            assertEquals(4096, limits.physicalBlockSize());
            assertEquals(0, limits.ioMin() % 4096);
            assertEquals(1023, limits.dmaAlignmentMask());
            assertEquals(7, limits.maxSegments());
            assertTrue(limits.rotational());
            assertTrue(limits.volatileCache());
        }
    }

    @Test
    void withoutAVolatileCacheBelowThereIsNoneAbove() throws TableException {
        assumeTrue(stores(), "has no devices");
        try (ContractFixture f = new ContractFixture(this, 1)) {
            final QueueLimits.Builder b = RamDevice.DISK.toBuilder();
            b.volatileCache = false;
            b.fua = false;
            f.lower.forEach(d -> d.limits(b.build()));
            f.reload("0 " + f.line());
            assertFalse(f.dev.core().limits().volatileCache());
            assertFalse(f.dev.core().limits().fua());
        }
    }

    // ---- cost ----

    @Test
    void aRequestAllocatesNothing() throws Exception {
        final List<byte[]> images = deviceNames().stream()
                .map(name -> new byte[Math.toIntExact(deviceSectors() << 9)])
                .toList();
        prepare(images);
        final List<RamDevice> devices = new ArrayList<>();
        for (int i = 0; i < devices(); i++) {
            devices.add(new RamDevice("d" + i, MemorySegment.ofArray(images.get(i))));
        }
        assertArrayEquals(
                new long[] {0, 0},
                AllocationGate.bytes(
                        type(), new AllocationGate.Line(lenSectors(), params(deviceNames()), readOnly()), devices),
                "bytes of 100000 reads, of 100000 writes (differences up to 64 are taken as none)");
    }
}
