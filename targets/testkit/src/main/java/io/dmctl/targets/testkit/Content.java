package io.dmctl.targets.testkit;

/// What a target keeps at one of its sectors, in the words of a test: the model that [TargetContractTest] compares
/// with.
public sealed interface Content {
    /// The sector lies on lower device number `device` (from 0), at `sector`.
    record Stored(int device, long sector) implements Content {}

    /// Reads as zeros; a write is dropped, a discard succeeds.
    record Zeros() implements Content {}

    /// Every read and write fails with `errno` (positive).
    record Fails(int errno) implements Content {}
}
