package io.dmctl.targets.core;

/// A line of `status` or `table`. The text is bytes: it may hold a key. Not compared by value.
@SuppressWarnings("ArrayRecordComponent")
public record TargetStatus(long startSector, long lenSectors, String type, byte[] text) {}
