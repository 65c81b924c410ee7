package io.dmctl.bindings.ring;

import static io.dmctl.bindings.ring.RingFixture.complete;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.uring.Uring;
import io.dmctl.bindings.uring.__kernel_timespec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The two queues and io_uring_enter, on this machine's kernel.
class RingQueuesUringTest {
    @BeforeAll
    static void needs() {
        RingFixture.assumeUring();
    }

    static Stream<RingOptions> everyKindOfRing() {
        final RingOptions plain = RingOptions.of(8);
        return Stream.of(
                plain, plain.withSqArray(), plain.withSqe128(), plain.forQueueThread(), plain.withCqEntries(64));
    }

    @ParameterizedTest
    @MethodSource("everyKindOfRing")
    void everyNopCompletesOnceOverManyTurnsOfTheQueues(RingOptions options) throws Exception {
        try (IoUring ring = IoUring.open(options)) {
            final Map<Long, Integer> expected = new HashMap<>();
            final Map<Long, Integer> found = new HashMap<>();
            for (long id = 0; id < 1000; ) {
                final int batch = 1 + (int) (id % ring.sq().capacity());
                for (int i = 0; i < batch; i++, id++) {
                    expected.put(id, 0);
                    assertTrue(ring.sq().prepNop(id));
                }
                found.putAll(complete(ring, batch));
                assertEquals(0, ring.sq().pending());
            }
            assertEquals(expected, found);
        }
    }

    @Test
    void fullQueueRefusesAndTakesAgainAfterSubmit() throws Exception {
        try (IoUring ring = IoUring.open(RingOptions.of(4))) {
            for (int i = 0; i < 4; i++) {
                assertTrue(ring.sq().prepNop(i));
            }
            assertEquals(0, ring.sq().free());
            assertFalse(ring.sq().prepNop(4));
            assertEquals(4, ring.sq().pending());
            assertEquals(4, ring.submit());
            assertEquals(4, ring.sq().free());
            assertTrue(ring.sq().prepNop(4));
            assertEquals(Map.of(0L, 0, 1L, 0, 2L, 0, 3L, 0, 4L, 0), complete(ring, 5));
        }
    }

    @Test
    void completionsThatDoNotFitAreDeliveredLater() throws Exception {
        try (IoUring ring = IoUring.open(RingOptions.of(4).withCqEntries(4))) {
            final int count = 32; // eight times what the completion queue holds
            for (int i = 0; i < count; i++) {
                assertTrue(ring.sq().prepNop(i));
                assertEquals(1, ring.submit());
            }
            final BitSet seen = new BitSet();
            int n = ring.cq().ready();
            while (n > 0) {
                for (int i = 0; i < n; i++) {
                    assertFalse(seen.get((int) ring.cq().userData(i)));
                    seen.set((int) ring.cq().userData(i));
                }
                ring.cq().advance(n);
                n = ring.cq().ready();
            }
            assertEquals(count, seen.cardinality());
            assertEquals(0, ring.cq().dropped());
        }
    }

    @Test
    void errorsAreResultsOfTheirOwnRequestAndStopNoOther() throws Exception {
        try (IoUring ring = IoUring.open(RingOptions.of(8));
                Mapping buffer = Mapping.anonymous(4096)) {
            assertTrue(ring.sq().prepNop(1));
            assertTrue(ring.sq().prepRead(-1, buffer.address(), 4096, 0, 0, 2));
            assertTrue(ring.sq().prepReadFixed(0, buffer.address(), 4096, 0, 0, 9, 3)); // no buffers registered
            assertTrue(ring.sq().prepFsync(1 << 20, true, 4));
            assertTrue(ring.sq().prepNop(5));
            assertEquals(
                    Map.of(1L, 0, 2L, -Errno.EBADF, 3L, -Errno.EFAULT, 4L, -Errno.EBADF, 5L, 0), complete(ring, 5));
        }
    }

    @Test
    void nothingOfAnEntrysFormerUseIsLeft() throws Exception {
        try (IoUring ring = IoUring.open(RingOptions.of(1))) {
            // The one entry is first a driver's command with a fixed file, which fails, then a NOP, whose unknown
            // flags,
            // buffer index or file would fail it.
            for (int i = 0; i < 4; i++) {
                assertTrue(ring.sq().prepUringCmd(0, -1, -1, -1, 1));
                ring.sq().setAddress(-1);
                ring.sq().markFixedFile();
                assertEquals(Map.of(1L, -Errno.EBADF), complete(ring, 1));
                assertTrue(ring.sq().prepNop(2));
                assertEquals(Map.of(2L, 0), complete(ring, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("everyKindOfRing")
    void waitIsBoundedInTime(RingOptions options) throws Exception {
        try (IoUring ring = IoUring.open(options)) {
            final long start = System.nanoTime();
            assertEquals(0, ring.submitAndWait(1, 30_000_000L));
            final long tookNs = System.nanoTime() - start;
            assertTrue(tookNs >= 25_000_000L, () -> "returned after " + tookNs + " ns");
            assertEquals(0, ring.cq().ready());
            assertTrue(ring.sq().prepNop(7));
            assertEquals(1, ring.submitAndWait(1, 10_000_000_000L));
            assertEquals(1, ring.cq().ready());
            assertEquals(7, ring.cq().userData(0));
        }
    }

    @Test
    void timeoutCompletesWithEtimeAndCancelledOneWithEcanceled() throws Exception {
        try (IoUring ring = IoUring.open(RingOptions.of(8));
                Mapping times = Mapping.anonymous(4096)) {
            __kernel_timespec.tv_nsec(times.segment(), 5_000_000);
            assertTrue(ring.sq().prepTimeout(times.address(), 1));
            assertEquals(Map.of(1L, -Errno.ETIME), complete(ring, 1));
            __kernel_timespec.tv_sec(times.segment(), 3600);
            assertTrue(ring.sq().prepTimeout(times.address(), 2));
            assertEquals(1, ring.submit());
            assertTrue(ring.sq().prepCancel(2, 3));
            assertEquals(Map.of(2L, -Errno.ECANCELED, 3L, 0), complete(ring, 2));
        }
    }

    @Test
    void messageWakesAnotherRing() throws Exception {
        try (IoUring from = IoUring.open(RingOptions.of(4));
                IoUring to = IoUring.open(RingOptions.of(4))) {
            assertTrue(from.sq().prepMsgRing(to.fd(), 42, 0x1234_5678_9abcL, 1));
            assertEquals(Map.of(1L, 0), complete(from, 1));
            assertEquals(Map.of(0x1234_5678_9abcL, 42), complete(to, 1));
        }
    }

    @Test
    void commandOf80BytesNeedsLargeEntries() throws Exception {
        try (IoUring small = IoUring.open(RingOptions.of(2));
                Mapping cmd = Mapping.anonymous(4096)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> small.sq().prepUringCmd128(0, 0, cmd.segment().asSlice(0, 80), 1));
        }
        try (IoUring large = IoUring.open(RingOptions.of(2).withSqe128());
                Mapping cmd = Mapping.anonymous(4096)) {
            // The ring's own descriptor has no driver's commands: refused, not misread.
            assertTrue(large.sq().prepUringCmd128(large.fd(), 0, cmd.segment().asSlice(0, 80), 1));
            assertEquals(Map.of(1L, -Errno.EOPNOTSUPP), complete(large, 1));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> large.sq().prepUringCmd128(0, 0, cmd.segment().asSlice(0, 81), 1));
        }
    }

    @Test
    void probeListsTheOperationsThatWeUse() throws Exception {
        try (IoUring ring = IoUring.open(RingOptions.of(2))) {
            final BitSet ops = ring.register().operations();
            for (int op : new int[] {
                Uring.IORING_OP_NOP(),
                Uring.IORING_OP_READ(),
                Uring.IORING_OP_WRITE_FIXED(),
                Uring.IORING_OP_URING_CMD()
            }) {
                assertTrue(ops.get(op), () -> "operation " + op);
            }
            assertFalse(ops.get(255));
        }
    }

    @Test
    void closeIsIdempotentAndUnmapsTheRing() throws Exception {
        final long before = ringMappings();
        final IoUring ring = IoUring.open(RingOptions.of(8).forQueueThread());
        assertTrue(ringMappings() > before);
        ring.close();
        ring.close();
        assertFalse(ring.isOpen());
        assertEquals(before, ringMappings());
        assertThrows(IllegalStateException.class, ring::fd);
    }

    @Test
    void registrationThatTheKernelRefusesNamesItselfAndTheErrno() throws Exception {
        try (IoUring ring = IoUring.open(RingOptions.of(2))) {
            final ErrnoException e =
                    assertThrows(ErrnoException.class, () -> ring.register().file(0, 0)); // no table
            assertEquals(
                    "io_uring_register(IORING_REGISTER_FILES_UPDATE): fd " + ring.fd()
                            + ": No such device or address (ENXIO)",
                    e.getMessage());
        }
    }

    @Test
    void optionsNameFieldValueAndRange() {
        final IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> RingOptions.of(0));
        assertEquals("entries must be in 1..32768, was 0", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> RingOptions.of(8).withCqEntries(4));
    }

    private static long ringMappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("[io_uring]")).count();
        }
    }
}
