package io.dmctl.targets.grammar;

import io.dmctl.targets.spi.LowerDevice;

/// A range of a device that a target uses.
public record Area(LowerDevice device, long startSector, long lenSectors) {}
