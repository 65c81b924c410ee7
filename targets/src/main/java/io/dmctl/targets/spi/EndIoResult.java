package io.dmctl.targets.spi;

/// What [Target#endIo] answers. @kernel include/linux/device-mapper.h `DM_ENDIO_*`
public enum EndIoResult {
    /// The bio is done, with its status.
    DONE,
    /// The target keeps the bio and will complete it.
    INCOMPLETE,
    /// As [MapResult#REQUEUE].
    REQUEUE
}
