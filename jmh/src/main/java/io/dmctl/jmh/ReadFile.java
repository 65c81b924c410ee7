package io.dmctl.jmh;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;

/// Reads a file through the queue's ring as `RingDevice` does, but as the descriptor was opened, so also from the
/// page cache: a `RingDevice` opens for direct I/O, which measures the disk.
record ReadFile(Fd fd, long sizeSectors) implements BlockDevice {
    @Override
    public String name() {
        return "7:0";
    }

    @Override
    public QueueLimits limits() {
        return QueueLimits.STACKING;
    }

    @Override
    @HotPath
    public void submit(CoreBio bio, IoThread thread) {
        if (bio.op() != ReqOp.READ) {
            thread.lowerDone(bio, -Errno.EOPNOTSUPP);
            return;
        }
        final int done = bio.doneBytes();
        ((QueueAgent) thread)
                .prepare()
                .prepRead(
                        fd.number(),
                        bio.data().address() + done,
                        (int) (bio.lengthBytes() - done),
                        (bio.sector() << 9) + done,
                        0,
                        QueueAgent.lowerData(bio));
    }
}
