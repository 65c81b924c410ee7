package io.dmctl.targets.testkit;

import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// One request of a test and what became of it.
public final class TestIo implements RequestSink {
    private final Request request = new Request(this, 0);
    private final byte[] buffer;
    private int ends;
    private int status;

    /// @param held whether the bytes are out of sight, as with a driver that has them
    TestIo(ReqOp op, int flags, long sector, int sectors, byte[] buffer, boolean held) {
        this.buffer = buffer;
        request.init(op, flags, sector, sectors);
        if (op.hasData() && held) {
            request.data().setHeld(new TestHolder(List.of(MemorySegment.ofArray(buffer))), 0, false);
        } else {
            request.data().set(op.hasData() ? Data.of(MemorySegment.ofArray(buffer)) : Data.NONE, 0);
        }
    }

    void submit(MappedDevice device, IoThread thread) {
        thread.execute(() -> device.submit(request, thread));
    }

    @Override
    public void requestDone(Request done, IoThread thread) {
        ends++;
        status = done.status();
        if (ends > 1) {
            throw new AssertionError(this + " ended " + ends + " times");
        }
    }

    public boolean done() {
        return ends > 0;
    }

    /// 0 or `-errno`, once done.
    public int status() {
        if (!done()) {
            throw new IllegalStateException(this + " is not done");
        }
        return status;
    }

    /// What was read.
    public byte[] buffer() {
        return buffer;
    }

    @Override
    public String toString() {
        return request.op() + " of " + request.sectors() + " sectors at " + request.sector();
    }
}
