package io.dmctl.bindings.control;

import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.sys.Devno;
import java.util.Optional;

/// The state of a device, as the header of a reply says it. `flags` are the `DM_*_FLAG` bits, `eventNr` is unsigned.
public record DmDeviceInfo(
        DmName name, Optional<DmUuid> uuid, Devno devno, int flags, int openCount, int eventNr, int targetCount) {
    public boolean suspended() {
        return has(Dm.DM_SUSPEND_FLAG());
    }

    public boolean readonly() {
        return has(Dm.DM_READONLY_FLAG());
    }

    /// A table is in use.
    public boolean liveTable() {
        return has(Dm.DM_ACTIVE_PRESENT_FLAG());
    }

    /// A table is loaded that the next resume puts in use.
    public boolean inactiveTable() {
        return has(Dm.DM_INACTIVE_PRESENT_FLAG());
    }

    /// The device goes when its last user closes it.
    public boolean deferredRemove() {
        return has(Dm.DM_DEFERRED_REMOVE());
    }

    /// Suspended by another target of the kernel, not by a user.
    public boolean internalSuspend() {
        return has(Dm.DM_INTERNAL_SUSPEND_FLAG());
    }

    /// udev hears of the change.
    public boolean ueventGenerated() {
        return has(Dm.DM_UEVENT_GENERATED_FLAG());
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
