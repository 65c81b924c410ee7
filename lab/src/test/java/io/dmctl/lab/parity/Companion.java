package io.dmctl.lab.parity;

/// A device that the row's own device needs beside it, made before it on the same engine and removed after it: the
/// origin of a snapshot.
///
/// @param name short; the row's tables name it by [Disks#companion]
/// @param underIo whether T2's operations go to it too
public record Companion(String name, String table, boolean underIo) {}
