package io.dmctl.bindings.control;

/// A command without a device state to tell was done. `deferredRemove`: the device is open, it goes when its last user
/// closes it. `ueventGenerated`: udev hears of it.
public record DmAck(boolean deferredRemove, boolean ueventGenerated) {}
