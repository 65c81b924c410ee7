package io.dmctl.targets.core;

/// One line of a table to be built: sectors of 512 bytes, the type's name, its arguments as the kernel gets them.
@SuppressWarnings("ArrayRecordComponent")
public record TableSpec(long startSector, long lenSectors, String type, byte[] params) {}
