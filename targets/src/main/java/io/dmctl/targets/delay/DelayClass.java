package io.dmctl.targets.delay;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.StatusSink;

/// Where a class of bios goes, and after how many milliseconds.
record DelayClass(LowerDevice dev, long startSector, long delayMs) {
    long delayNs() {
        return delayMs * 1_000_000L;
    }

    void print(StatusSink out) {
        out.text(dev.name()).text(" ").number(startSector).text(" ").number(delayMs);
    }
}
