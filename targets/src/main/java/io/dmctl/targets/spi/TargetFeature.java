package io.dmctl.targets.spi;

/// @kernel include/linux/device-mapper.h `DM_TARGET_*`
public enum TargetFeature {
    /// Must be alone in its table.
    SINGLETON,
    /// Refuses a read-only table.
    ALWAYS_WRITEABLE,
    /// Its table may not be replaced by one of another type, except by a WILDCARD.
    IMMUTABLE,
    /// May replace any table.
    WILDCARD,
    /// Ours: state is lost with the process, which [TargetContext#survivingState] does not keep; the device
    /// does not recover.
    RECOVER_NONE
}
