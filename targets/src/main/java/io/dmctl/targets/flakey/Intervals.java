package io.dmctl.targets.flakey;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;

/// Up for some seconds, then down for some, and again, from `startNs` on. At least one of the two is not 0.
record Intervals(long startNs, long upSeconds, long downSeconds) {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    /// The clock is looked at only when both can be.
    @HotPath
    boolean down(QueueContext q) {
        if (downSeconds == 0 || upSeconds == 0) {
            return downSeconds != 0;
        }
        return (q.nowNs() - startNs) / NS_PER_SECOND % (upSeconds + downSeconds) >= upSeconds;
    }
}
