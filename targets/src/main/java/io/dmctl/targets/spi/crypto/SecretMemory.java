package io.dmctl.targets.spi.crypto;

import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;

/// Memory for keys: a service of the backend, which keeps it out of swap and core dumps. Cold; from any thread.
public interface SecretMemory {
    /// Zeroed memory, owned by the caller until [#free].
    ///
    /// @throws TargetException when no more can be locked
    MemorySegment allocate(long bytes) throws TargetException;

    /// Wipes what [#allocate] answered and gives it back.
    void free(MemorySegment memory);
}
