package io.dmctl.targets.core;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetException;

/// Opens the devices that a table names. Implemented by the backend.
public interface DeviceOpener {
    /// A device for one table; the same device opened twice is counted by the opener.
    ///
    /// @throws TargetException with the errno of the lookup
    BlockDevice open(DeviceArg arg, boolean readOnly) throws TargetException;

    /// Ends one [#open].
    void close(BlockDevice device);

    /// The table has gone, after the last [#close].
    default void closed() {}
}
