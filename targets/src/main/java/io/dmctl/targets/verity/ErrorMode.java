package io.dmctl.targets.verity;

/// What a wrong digest, or an I/O error, leads to. @kernel drivers/md/dm-verity.h `enum verity_mode`
enum ErrorMode {
    /// The read fails with EIO.
    EIO,
    /// The bytes are returned all the same.
    LOGGING,
    /// The kernel restarts the machine; here the I/O thread ends, and with it the device's server.
    RESTART,
    /// The kernel panics; here as RESTART.
    PANIC
}
