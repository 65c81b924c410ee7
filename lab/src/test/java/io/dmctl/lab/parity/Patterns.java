package io.dmctl.lab.parity;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Random bytes by seed, as slices of one random master: a loop over the bytes would cost the guest's JVM more than the
/// I/O does.
final class Patterns {
    private static final int MAX_BYTES = 1 << 20;
    /// As many slices, 8 bytes apart, as there are different patterns.
    private static final int STARTS = 1 << 17;

    private static final MemorySegment MASTER = master();

    private Patterns() {}

    private static MemorySegment master() {
        final MemorySegment master = Arena.global().allocate(MAX_BYTES + STARTS * 8L, 8);
        long x = 88172645463325252L;
        for (long at = 0; at < master.byteSize(); at += Long.BYTES) {
            // xorshift64
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            master.set(ValueLayout.JAVA_LONG, at, x);
        }
        return master;
    }

    /// Fills the segment, of at most 1 MiB; seed 0 gives zeros.
    static void fill(MemorySegment to, long seed) {
        if (seed == 0) {
            to.fill((byte) 0);
        } else {
            MemorySegment.copy(MASTER, Math.floorMod(seed >>> 1, STARTS) * 8L, to, 0, to.byteSize());
        }
    }
}
