package io.dmctl.jmh;

import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueLimits;

/// A lower device that is done at once and moves no byte.
record InstantDevice(long sizeSectors) implements BlockDevice {
    @Override
    public String name() {
        return "7:0";
    }

    @Override
    public QueueLimits limits() {
        return QueueLimits.STACKING;
    }

    @Override
    @HotPath
    public void submit(CoreBio bio, IoThread thread) {
        thread.lowerDone(bio, 0);
    }
}
