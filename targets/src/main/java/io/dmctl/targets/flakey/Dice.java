package io.dmctl.targets.flakey;

import io.dmctl.targets.spi.HotPath;
import java.util.concurrent.atomic.AtomicLong;

/// Random numbers for all I/O threads, without a lock or an allocation: the SplitMix64 sequence. One seed gives one
/// sequence.
final class Dice {
    private static final long GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private final AtomicLong state;

    Dice(long seed) {
        state = new AtomicLong(seed);
    }

    @HotPath
    long next() {
        long z = state.getAndAdd(GAMMA);
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }

    /// From 0 to `bound` - 1.
    @HotPath
    long below(long bound) {
        return Long.remainderUnsigned(next(), bound);
    }
}
