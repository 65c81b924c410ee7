package io.dmctl.targets.core;

import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetLimits;
import io.dmctl.targets.spi.TargetType;

/// One target in its table. Its limits are read again at each resume, when nothing is in flight.
final class TableEntry {
    final TargetType type;
    final Target target;
    final int index;
    final long beginSector;
    final long lenSectors;
    TargetLimits limits;

    /// The target was destroyed: work that is still queued for it is dropped.
    volatile boolean closed;

    TableEntry(TargetType type, Target target, int index, long beginSector, long lenSectors) {
        this.type = type;
        this.target = target;
        this.index = index;
        this.beginSector = beginSector;
        this.lenSectors = lenSectors;
        this.limits = target.limits();
    }

    long endSector() {
        return beginSector + lenSectors;
    }
}
