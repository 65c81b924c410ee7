package io.dmctl.targets.verity.tree;

import java.io.IOException;

/// Reads blocks of a device.
@FunctionalInterface
public interface BlockReader {
    /// Fills the first `length` bytes of `to` from byte `offset` on.
    ///
    /// @throws IOException also when the device ends before
    void read(long offset, byte[] to, int length) throws IOException;
}
