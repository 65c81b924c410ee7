package io.dmctl.targets.trace;

/// When a bio came. Touched by the thread that has the bio.
final class TraceIo {
    long startNs;
    long sector;
}
