package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// What is known of the legs and of failures, a word in memory that survives the process: after the death
/// of the server the next one must not take the data of a leg that has failed.
///
/// Thread rule: written by the mirror's domain; read by any thread, each bit for itself.
final class MirrorState {
    /// A yes or no that is kept.
    enum Flag {
        /// The target is not new.
        KNOWN,
        /// All regions are in sync; no longer once a write failed somewhere.
        IN_SYNC,
        /// A leg has failed since all regions were in sync.
        ANY_LEG_FAILED,
        /// A flush failed: nobody knows which of the writes before it are durable.
        FLUSH_FAILED,
        /// The log could not be written.
        LOG_FAILED,
        /// The log's device failed,
        LOG_DEVICE_FAILED,
        /// or could not be flushed.
        LOG_FLUSH_FAILED,
        /// A leg could not be flushed: nobody knows which regions are clean.
        NEVER_CLEAN
    }

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();
    private static final int DEFAULT_LEG_SHIFT = 8;
    private static final int LEGS_SHIFT = 16;
    /// Bits of a leg: one for each [Leg.Failure]. Nine legs have room.
    private static final int LEG_BITS = 4;

    private static final long LEG_MASK = (1 << LEG_BITS) - 1;

    private final MemorySegment word;
    private final boolean recovered;

    MirrorState(TargetContext ti) throws TargetException {
        word = ti.survivingState("state", Long.BYTES);
        recovered = is(Flag.KNOWN);
    }

    /// Is it what another process left?
    boolean recovered() {
        return recovered;
    }

    @HotPath
    boolean is(Flag flag) {
        return (get() >>> flag.ordinal() & 1) != 0;
    }

    void set(Flag flag, boolean on) {
        put(1L << flag.ordinal(), flag.ordinal(), on ? 1 : 0);
    }

    @HotPath
    int defaultLeg() {
        return (int) (get() >>> DEFAULT_LEG_SHIFT & LEG_MASK);
    }

    void defaultLeg(int leg) {
        put(LEG_MASK << DEFAULT_LEG_SHIFT, DEFAULT_LEG_SHIFT, leg);
    }

    /// The failures of a leg, a bit each.
    @HotPath
    int failures(int leg) {
        return (int) (get() >>> (LEGS_SHIFT + leg * LEG_BITS) & LEG_MASK);
    }

    void failures(int leg, int bits) {
        final int shift = LEGS_SHIFT + leg * LEG_BITS;
        put(LEG_MASK << shift, shift, bits);
    }

    private long get() {
        return (long) WORD.getVolatile(word, 0L);
    }

    private void put(long mask, int shift, long value) {
        WORD.setVolatile(word, 0L, (get() & ~mask) | (value << shift));
    }
}
