package io.dmctl.targets.core;

import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;

/// Blocking I/O of constructors and hooks. What is on a device of the group goes through that, on a thread for it; the
/// rest is the backend's.
final class StackedIo implements BlockingIo {
    private final IoGroup group;
    private final BlockingIo below;

    StackedIo(IoGroup group, BlockingIo below) {
        this.group = group;
        this.below = below;
    }

    @Override
    public void read(LowerDevice dev, long sector, MemorySegment to) throws TargetException {
        if (dev instanceof MappedDevice md) {
            run(md, ReqOp.READ, sector, to);
        } else {
            below.read(dev, sector, to);
        }
    }

    @Override
    public void write(LowerDevice dev, long sector, MemorySegment from) throws TargetException {
        if (dev instanceof MappedDevice md) {
            run(md, ReqOp.WRITE, sector, from);
        } else {
            below.write(dev, sector, from);
        }
    }

    @Override
    public void flush(LowerDevice dev) throws TargetException {
        if (dev instanceof MappedDevice md) {
            run(md, ReqOp.FLUSH, 0, MemorySegment.NULL);
        } else {
            below.flush(dev);
        }
    }

    /// A device that is suspended is waited for, as in the kernel.
    private void run(MappedDevice md, ReqOp op, long sector, MemorySegment memory) throws TargetException {
        final IoGroup.Token done = group.new Token(1);
        final Request request = new Request((ended, thread) -> done.ack(), 0);
        request.init(op, 0, sector, (int) (memory.byteSize() >> 9));
        if (op.hasData()) {
            request.data().set(Data.of(memory), 0);
        }
        final IoThread thread = (IoThread) group.domain(StackedIo.class);
        thread.execute(() -> md.submit(request, thread));
        done.awaitAll();
        if (request.status() != 0) {
            throw new TargetException(op + ": " + md.name() + ": error " + -request.status(), -request.status(), -1);
        }
    }
}
