package io.dmctl.targets.verity;

import io.dmctl.targets.spi.Bio;
import org.jspecify.annotations.Nullable;

/// Where the check of a bio is. For the target's own bios: what they read.
///
/// Owned by the I/O thread of its bio.
final class VerityIo {
    /// The digest that the current block must have.
    final byte[] want;

    /// Set while the target owns the bio.
    @Nullable
    Bio bio;

    /// The next one in the list where it waits.
    @Nullable
    VerityIo next;

    long firstBlock;
    int blocks;
    /// Which of the blocks is checked now.
    int at;
    /// A hash block that it waited for could not be had: 0 or `-errno`.
    int failure;
    /// EIO is for a wrong digest, not for an I/O error.
    boolean mismatch;
    /// Of an own bio: the slot of the cache, or the number of the block in a repair.
    int slot;

    VerityIo(int digestBytes) {
        want = new byte[digestBytes];
    }

    void start(long first, int count) {
        firstBlock = first;
        blocks = count;
        at = 0;
        failure = 0;
        mismatch = false;
    }

    long block() {
        return firstBlock + at;
    }
}
