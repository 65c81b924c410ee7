package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.LowerDevice;

/// One copy of the data, and what went wrong with it.
///
/// Thread rule: written by the mirror's domain; queues and the control thread read the volatile fields, each for
/// itself.
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
    private volatile boolean failed;
    private volatile int failures;

    Leg(LowerDevice dev, long offsetSectors) {
        this.dev = dev;
        this.offsetSectors = offsetSectors;
    }

    boolean failed() {
        return failed;
    }

    /// False: this kind was known.
    boolean fail(Failure kind) {
        final int before = failures;
        final int bit = 1 << kind.ordinal();
        failures = before | bit;
        failed = true;
        return (before & bit) == 0;
    }

    void reset() {
        failed = false;
        failures = 0;
    }

    /// The most severe error, or `A`. @kernel drivers/md/dm-raid1.c `device_status_char`
    char letter() {
        if (!failed) {
            return 'A';
        }
        final int bits = failures;
        for (Failure kind : FAILURES) {
            if ((bits & 1 << kind.ordinal()) != 0) {
                return kind.letter;
            }
        }
        return 'U';
    }
}
