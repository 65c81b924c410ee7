package io.dmctl.bindings.sys;

import io.dmctl.bindings.block.Block;

/// An attached loop device. This object owns the attachment and an open descriptor of the device.
public final class LoopDevice implements AutoCloseable {
    private final String path;
    private final Fd device;

    LoopDevice(String path, Fd device) {
        this.path = path;
        this.device = device;
    }

    /// `/dev/loopN`.
    public String path() {
        return path;
    }

    /// The open descriptor, which [#close] closes.
    public Fd fd() {
        return device;
    }

    /// Detaches the file; the kernel does it when the last opener has closed the device.
    @Override
    public void close() throws ErrnoException {
        if (!device.isOpen()) {
            return;
        }
        final int r = Sys.ioctl(device.number(), Block.LOOP_CLR_FD(), 0);
        device.close();
        ErrnoException.check("ioctl(LOOP_CLR_FD)", path, r);
    }

    @Override
    public String toString() {
        return path;
    }
}
