package io.dmctl.targets.crypt;

import java.lang.foreign.MemorySegment;

/// What endIo needs to know of a bio.
final class CryptIo {
    /// Of a READ: where the cipher text will lie, from [#at].
    MemorySegment buffer = MemorySegment.NULL;

    long at;

    /// With the IV offset.
    long ivSector;

    int bytes;

    /// Of a WRITE: its pages of the [WriteBuffers].
    int page;

    int pages;
}
