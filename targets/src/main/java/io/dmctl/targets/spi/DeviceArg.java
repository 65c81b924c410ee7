package io.dmctl.targets.spi;

/// A word of a table line that names a device. `index` counts the target's arguments from 0.
public record DeviceArg(int index, String word) {}
