package io.dmctl.lab.parity;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Bytes of a seed that do not repeat.
final class Patterns {
    private Patterns() {}

    /// Fills the segment, a multiple of 8 bytes; seed 0 gives zeros.
    static void fill(MemorySegment to, long seed) {
        if (seed == 0) {
            to.fill((byte) 0);
            return;
        }
        long x = seed;
        for (long at = 0; at < to.byteSize(); at += Long.BYTES) {
            // xorshift64
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            to.set(ValueLayout.JAVA_LONG, at, x);
        }
    }
}
