package io.dmctl.targets.core;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;

/// A lower device as the core drives it. Implemented by the backend (rings, memory) and by [MappedDevice], so that a
/// device of ours below
/// another is a direct call.
public interface BlockDevice extends LowerDevice {
    /// Starts `bio`, on `thread`. When it is done, now or later, on the same thread: [IoThread#lowerDone]. Never calls
    /// a target.
    @HotPath
    void submit(CoreBio bio, IoThread thread);
}
