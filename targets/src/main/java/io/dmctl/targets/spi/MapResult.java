package io.dmctl.targets.spi;

/// What [Target#map] answers. @kernel include/linux/device-mapper.h `DM_MAPIO_*`
public enum MapResult {
    /// The target owns the bio and will complete or submit it.
    SUBMITTED,
    /// The core submits the bio to the device it was remapped to.
    REMAPPED,
    /// No bio or buffer was free: the core maps the bio again when one is. Nothing may have been changed.
    PARK,
    /// Honoured only in a suspend without flush, where the request waits for the next table; otherwise EIO.
    REQUEUE,
    /// The bio fails with EIO, without [Target#endIo].
    KILL
}
