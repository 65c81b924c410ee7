package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;

/// Chunks one after the other, remembered in memory only.
///
/// @kernel drivers/md/dm-snap-transient.c
final class TransientStore implements ExceptionStore {
    private final LowerDevice dev;
    private final int chunkSectors;
    private volatile long nextFreeSector;

    TransientStore(LowerDevice dev, int chunkSectors) {
        this.dev = dev;
        this.chunkSectors = chunkSectors;
    }

    @Override
    public int chunkSectors() {
        return chunkSectors;
    }

    @Override
    public boolean isPersistent() {
        return false;
    }

    @Override
    public long allocate() {
        final long at = nextFreeSector;
        if (dev.sizeSectors() < at + chunkSectors) {
            return NO_ROOM;
        }
        nextFreeSector = at + chunkSectors;
        return at / chunkSectors;
    }

    @Override
    public boolean append(long oldChunk, long newChunk, boolean good, boolean last) {
        return true;
    }

    @Override
    public boolean write(QueueContext q) {
        return true;
    }

    @Override
    public boolean isGood() {
        return true;
    }

    @Override
    public boolean drop(QueueContext q) {
        return true;
    }

    @Override
    public void retry(QueueContext q) {}

    @Override
    public long allocatedSectors() {
        return nextFreeSector;
    }

    @Override
    public long metadataSectors() {
        return 0;
    }

    @Override
    public void close() {}
}
