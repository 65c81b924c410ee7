package io.dmctl.targets.spi;

/// The one owner of shared mutable state: a worker thread with its own ring, bios and timers, and no transport.
/// Bios reach it by [QueueContext#post].
public interface Domain {}
