package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Devno;
import java.util.Optional;

/// A device in the list of all. `uuid` is empty also when the list was asked for without uuids.
public record DmListedDevice(DmName name, Devno devno, int eventNr, Optional<DmUuid> uuid) {}
