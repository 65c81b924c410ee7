package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Devno;

/// A device's state as the kernel told it, its name and uuid in the form in which they are shown.
///
/// @param rawName one byte a character; as text it is [#name]
/// @param rawUuid as well, `""` without one
record Info(String rawName, String rawUuid, DmDeviceInfo state) {
    String name() {
        return RawText.display(rawName);
    }

    String uuid() {
        return RawText.display(rawUuid);
    }

    Devno devno() {
        return state.devno();
    }
}
