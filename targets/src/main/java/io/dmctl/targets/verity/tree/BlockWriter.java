package io.dmctl.targets.verity.tree;

import java.io.IOException;

/// Writes blocks of a device.
@FunctionalInterface
public interface BlockWriter {
    /// Writes the first `length` bytes of `from` at byte `offset`.
    void write(long offset, byte[] from, int length) throws IOException;
}
