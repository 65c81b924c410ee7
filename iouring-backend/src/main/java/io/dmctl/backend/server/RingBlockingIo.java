package io.dmctl.backend.server;

import io.dmctl.backend.lower.RingDevice;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;

/// Blocking I/O on a lower device's own descriptor, by pread and pwrite.
public final class RingBlockingIo implements BlockingIo {
    public RingBlockingIo() {}

    @Override
    public void read(LowerDevice dev, long sector, MemorySegment to) throws TargetException {
        check("read", dev, ring(dev).readFully(sector, to));
    }

    @Override
    public void write(LowerDevice dev, long sector, MemorySegment from) throws TargetException {
        check("write", dev, ring(dev).writeFully(sector, from));
    }

    @Override
    public void flush(LowerDevice dev) throws TargetException {
        check("flush", dev, ring(dev).flush());
    }

    private static RingDevice ring(LowerDevice dev) throws TargetException {
        if (dev instanceof RingDevice ring) {
            return ring;
        }
        throw new TargetException(dev.name() + ": no blocking I/O on a device of ours", Errno.EOPNOTSUPP, -1);
    }

    private static void check(String call, LowerDevice dev, int status) throws TargetException {
        if (status < 0) {
            throw new TargetException(call + ": " + dev.name() + ": " + Errno.describe(-status), -status, -1);
        }
    }
}
