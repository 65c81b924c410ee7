package io.dmctl.backend.transport;

import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One of a connection's requests: its buffer and its place in the queue of replies. Reused.
@HotPath
final class NbdOp {
    /// Longer DISCARD and WRITE_ZEROES are issued in pieces: 1 GiB.
    private static final int MAX_RANGE_SECTORS = 1 << 21;

    final Request request;
    final long bufferAddress;
    long cookie;
    /// Bytes of the buffer that follow the reply.
    int payloadBytes;
    int error;

    @Nullable
    NbdOp next;

    private boolean flushAfter;

    NbdOp(RequestSink sink, int index, MemorySegment buffer) {
        request = new Request(sink, index);
        request.data().setMemory(buffer, buffer.asReadOnly());
        bufferAddress = buffer.address();
    }

    void begin(long newCookie) {
        cookie = newCookie;
        payloadBytes = 0;
        error = 0;
        flushAfter = false;
    }

    /// What is left of a range after the piece that is in `request`.
    private int sectorsLeft;

    void data(ReqOp op, int flags, long sector, int sectors) {
        sectorsLeft = 0;
        request.init(op, flags, sector, sectors);
    }

    void flush() {
        sectorsLeft = 0;
        request.init(ReqOp.FLUSH, 0, 0, 0);
    }

    /// FUA means nothing to a DISCARD or WRITE_ZEROES: a flush after it does what the client wants.
    void range(ReqOp op, int flags, long sector, int sectors, boolean fua) {
        flushAfter = fua;
        final int n = Math.min(sectors, MAX_RANGE_SECTORS);
        sectorsLeft = sectors - n;
        request.init(op, flags, sector, n);
    }

    /// After a piece without error: prepares the next; false when there is none.
    boolean advance() {
        if (sectorsLeft > 0) {
            range(request.op(), request.flags(), request.sector() + request.sectors(), sectorsLeft, flushAfter);
            return true;
        }
        if (flushAfter) {
            flushAfter = false;
            flush();
            return true;
        }
        return false;
    }
}
