package io.dmctl.targets.dust;

import io.dmctl.targets.spi.HotPath;
import java.util.concurrent.atomic.AtomicInteger;

/// A bad block: so many writes fail, and the one after them mends it for good.
///
/// Thread rule: any thread. All lists that hold it see what becomes of it.
final class BadBlock {
    private static final int GONE = -1;

    private final AtomicInteger writeFailsLeft;

    BadBlock(int writeFails) {
        writeFailsLeft = new AtomicInteger(writeFails);
    }

    @HotPath
    boolean bad() {
        return writeFailsLeft.get() != GONE;
    }

    /// A write arrives: does it fail? If not, the block is good from here on.
    @HotPath
    boolean writeFails() {
        int left = writeFailsLeft.get();
        // To 0, and from there to GONE.
        while (left != GONE && !writeFailsLeft.compareAndSet(left, left - 1)) {
            left = writeFailsLeft.get();
        }
        return left > 0;
    }

    /// False when it was good already.
    boolean remove() {
        return writeFailsLeft.getAndSet(GONE) != GONE;
    }
}
