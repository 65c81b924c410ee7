package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// The files by which a ublk device is found: what the driver makes of it, and udev after that.
final class UblkNodes {
    private static final long PAUSE_NS = 10_000_000L;
    private static final int OPEN_TRIES = 100;
    /// How long udev may take to give a node to the user who made the device.
    private static final long OWNER_NS = 10_000_000_000L;

    private UblkNodes() {}

    /// udev may hold a new character device for a moment. @kernel drivers/block/ublk_drv.c `ublk_ch_open`
    static Fd openChar(String path) throws ErrnoException {
        for (int tries = 0; ; tries++) {
            try {
                return Fd.open(path, OpenFlags.RDWR);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EBUSY || tries == OPEN_TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    /// Waits until this user may read and write `path`; false when that takes too long.
    static boolean awaitOwner(String path) {
        final Path node = Path.of(path);
        final long end = System.nanoTime() + OWNER_NS;
        while (!Files.isReadable(node) || !Files.isWritable(node)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        return true;
    }

    /// The size of /dev/ublkb`id`. Not by an open: that may read.
    static long sizeSectors(int id) throws ErrnoException {
        final Path size = Path.of("/sys/block/ublkb" + id + "/size");
        try {
            return Long.parseLong(Files.readString(size).strip());
        } catch (IOException e) {
            throw new ErrnoException("read", size.toString(), Errno.ENODEV);
        }
    }
}
