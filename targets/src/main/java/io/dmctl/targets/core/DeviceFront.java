package io.dmctl.targets.core;

import io.dmctl.targets.spi.QueueLimits;

/// What serves a mapped device to its users: a transport. Called by the device's control thread.
public interface DeviceFront {
    /// A table with these properties is about to go live; nothing is in flight. At the first call the front makes
    /// itself ready to take requests.
    ///
    /// @throws TableException when the front cannot show such a device (any more)
    void prepare(QueueLimits limits, long sizeSectors, boolean readOnly) throws TableException;

    /// The table is live and requests run: at the first call the device appears, later a changed size is told.
    ///
    /// @throws TableException when it does not
    void activate(long sizeSectors) throws TableException;

    /// For a device that only others of its group use.
    DeviceFront NONE = new DeviceFront() {
        @Override
        public void prepare(QueueLimits limits, long sizeSectors, boolean readOnly) {}

        @Override
        public void activate(long sizeSectors) {}
    };
}
