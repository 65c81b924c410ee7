package io.dmctl.targets.spi.crypto;

import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;

/// Reads keys that are named by reference, from the kernel's keyring. A service of the backend. Cold.
public interface KeyReader {
    /// Fills `to` with the payload of the key, which must be just so long.
    ///
    /// @param type as `logon` or `user`
    /// @throws TargetException ENOKEY when there is none, EINVAL when its length is another, EOPNOTSUPP for a
    ///     type whose payload user space cannot read; `to` is unchanged
    void read(String type, String description, MemorySegment to) throws TargetException;
}
