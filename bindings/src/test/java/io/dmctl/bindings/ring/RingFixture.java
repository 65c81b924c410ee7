package io.dmctl.bindings.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Mapping;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/// What the ring's tests share.
final class RingFixture {
    private RingFixture() {}

    /// Skips the test, and says why, where io_uring cannot be used.
    static void assumeUring() {
        final Availability uring = IoUring.probe();
        if (!uring.available()) {
            System.out.println("SKIPPED: needs io_uring: " + uring);
        }
        assumeTrue(uring.available(), uring.toString());
    }

    /// Waits for `count` completions; user data to result.
    static Map<Long, Integer> complete(IoUring ring, int count) {
        final Map<Long, Integer> results = new HashMap<>();
        int seen = 0;
        while (seen < count) {
            final int r = ring.submitAndWait(1);
            assertTrue(r >= 0, () -> "io_uring_enter: " + r);
            final int n = ring.cq().ready();
            for (int i = 0; i < n; i++) {
                results.put(ring.cq().userData(i), ring.cq().result(i));
            }
            ring.cq().advance(n);
            seen += n;
        }
        assertEquals(count, seen);
        return results;
    }

    /// Waits for the one completion that is outstanding; its result.
    static int completeOne(IoUring ring) {
        return complete(ring, 1).values().iterator().next();
    }

    static byte[] random(int bytes, long seed) {
        final byte[] b = new byte[bytes];
        new Random(seed).nextBytes(b);
        return b;
    }

    static void fill(Mapping to, byte[] from) {
        MemorySegment.copy(from, 0, to.segment(), JAVA_BYTE, 0, from.length);
    }

    static byte[] bytes(Mapping from, int length) {
        return from.segment().asSlice(0, length).toArray(JAVA_BYTE);
    }
}
