package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.LowerDevice;

/// One copy of the data, and what went wrong with it.
///
/// Thread rule: that of [MirrorState], which has it.
final class Leg {
    /// @kernel drivers/md/dm-raid1.c `enum dm_raid1_error`, in the order of [#letter]
    enum Failure {
        FLUSH('F'),
        WRITE('D'),
        SYNC('S'),
        READ('R');

        private final char letter;

        Failure(char letter) {
            this.letter = letter;
        }
    }

    private static final Failure[] FAILURES = Failure.values();

    final LowerDevice dev;
    final long offsetSectors;
    private final MirrorState state;
    private final int index;

    Leg(MirrorState state, int index, LowerDevice dev, long offsetSectors) {
        this.state = state;
        this.index = index;
        this.dev = dev;
        this.offsetSectors = offsetSectors;
    }

    boolean failed() {
        return state.failures(index) != 0;
    }

    /// False: this kind was known.
    boolean fail(Failure kind) {
        final int before = state.failures(index);
        final int bit = 1 << kind.ordinal();
        state.failures(index, before | bit);
        return (before & bit) == 0;
    }

    void reset() {
        state.failures(index, 0);
    }

    /// The most severe error, or `A`. @kernel drivers/md/dm-raid1.c `device_status_char`
    char letter() {
        final int bits = state.failures(index);
        for (Failure kind : FAILURES) {
            if ((bits & 1 << kind.ordinal()) != 0) {
                return kind.letter;
            }
        }
        return 'A';
    }
}
