package io.dmctl.backend.watch;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmName;

/// Something that happened to a device.
///
/// @param name the device's name after it
/// @param eventNr the device's event number after it, unsigned
/// @param detail of a rename the old name, of an event what the targets say, of a threshold the fill; else
/// empty
public record DeviceEvent(Kind kind, Engine engine, DmName name, int eventNr, String detail) {
    public enum Kind {
        CREATED,
        REMOVED,
        RENAMED,
        /// Another table is in use.
        TABLE,
        SUSPENDED,
        RESUMED,
        /// A target raised the event number.
        EVENT,
        /// A pool, a snapshot's store or a cache is as full as a threshold says.
        THRESHOLD
    }
}
