package io.dmctl.targets.flakey;

import io.dmctl.targets.spi.StatusSink;

/// What a flakey device does while it is down.
///
/// `corruptByte` counts from 1, 0 for none: that byte of a bio whose flags have all of `corruptFlags` becomes
/// `corruptValue`, in writes or in reads. `randomRead` and `randomWrite` of 1000000000 bios get a random byte at a
/// random
/// place.
record FlakeyFeatures(
        boolean errorReads,
        boolean dropWrites,
        boolean errorWrites,
        long corruptByte,
        boolean corruptByteInWrites,
        int corruptValue,
        int corruptFlags,
        int randomRead,
        int randomWrite) {
    /// What a probability is of. @kernel drivers/md/dm-flakey.c `PROBABILITY_BASE`
    static final int PROBABILITY_BASE = 1_000_000_000;

    static final FlakeyFeatures ERROR_ALL = new FlakeyFeatures(true, false, true, 0, false, 0, 0, 0, 0);

    boolean fixedInWrites() {
        return corruptByte > 0 && corruptByteInWrites;
    }

    boolean fixedInReads() {
        return corruptByte > 0 && !corruptByteInWrites;
    }

    boolean corruptsWrites() {
        return fixedInWrites() || randomWrite > 0;
    }

    boolean corruptsReads() {
        return fixedInReads() || randomRead > 0;
    }

    boolean corrupts() {
        return corruptByte > 0 || randomRead > 0 || randomWrite > 0;
    }

    boolean none() {
        return !errorReads && !dropWrites && !errorWrites && !corrupts();
    }

    /// The number of words and the words, as the constructor takes them.
    void print(StatusSink out) {
        final int words = (errorReads ? 1 : 0)
                + (dropWrites ? 1 : 0)
                + (errorWrites ? 1 : 0)
                + (corruptByte > 0 ? 5 : 0)
                + (randomRead > 0 ? 2 : 0)
                + (randomWrite > 0 ? 2 : 0);
        out.number(words);
        if (errorReads) {
            out.text(" error_reads");
        }
        if (dropWrites) {
            out.text(" drop_writes");
        } else if (errorWrites) {
            out.text(" error_writes");
        }
        if (corruptByte > 0) {
            out.text(" corrupt_bio_byte ").number(corruptByte).text(corruptByteInWrites ? " w " : " r ");
            out.number(corruptValue).text(" ").number(Integer.toUnsignedLong(corruptFlags));
        }
        if (randomRead > 0) {
            out.text(" random_read_corrupt ").number(randomRead);
        }
        if (randomWrite > 0) {
            out.text(" random_write_corrupt ").number(randomWrite);
        }
    }
}
