package io.dmctl.targets.testkit;

import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoThread;
import java.lang.foreign.MemorySegment;

/// A device of any size that is done at once, keeps nothing, and reads as zeros where a constructor looks.
final class EndlessDevice extends RamDevice {
    private final long sizeSectors;

    EndlessDevice(String name, long sizeSectors) {
        super(name, 0);
        this.sizeSectors = sizeSectors;
    }

    @Override
    public long sizeSectors() {
        return sizeSectors;
    }

    @Override
    public void submit(CoreBio bio, IoThread thread) {
        thread.lowerDone(bio, 0);
    }

    @Override
    void readNow(long sector, MemorySegment to) {
        to.fill((byte) 0);
    }

    @Override
    void writeNow(long sector, MemorySegment from) {}
}
