package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import java.util.Optional;

/// What a server keeps of a device on a file system that outlives it, so that the next one can take the device
/// over.
///
/// @param options how it is shown, as at its first load
/// @param ublkId N of /dev/ublkbN; -1 before the first resume, and for what is no ublk device
/// @param live the table in use
/// @param inactive the table that is loaded and not in use
public record DeviceState(
        DmName name,
        Optional<DmUuid> uuid,
        LoadOptions options,
        int ublkId,
        long eventNr,
        boolean suspended,
        Optional<TableState> live,
        Optional<TableState> inactive) {}
