package io.dmctl.targets.spi.crypto;

import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;

/// An implementation of AES over sectors: a service of the backend, which has chosen the fastest that works
/// here.
public interface SectorCiphers {
    /// For logs and reports.
    String name();

    /// As [#name()], of what [#open] answers for such a key: where that is not always the same.
    default String name(CipherMode mode, int keyBytes) {
        return name();
    }

    /// Makes a cipher. `key` is copied, and may be wiped afterwards; its length is one that
    /// [CipherMode#takesKey].
    /// From any thread, cold.
    ///
    /// @throws TargetException when the implementation cannot
    SectorCipher open(CipherMode mode, MemorySegment key) throws TargetException;
}
