package io.dmctl.bindings.control;

import io.dmctl.bindings.dm.Dm;
import java.lang.foreign.MemorySegment;

/// The client's side of the one codec: tasks to `struct dm_ioctl` and payload, and back. The other side is [DmRequest]
/// and [DmReplyWriter]. Buffers are aligned to 8 and as large as the reply may be.
public final class DmCodec {
    private DmCodec() {}

    /// The least buffer that holds the request.
    public static long requestBytes(DmTask<?> task) {
        return DmHeader.BYTES + task.payloadBytes();
    }

    /// Writes `task` into `buffer`, all of which is zeroed first; answers how many bytes of it are input.
    public static long encode(DmTask<?> task, MemorySegment buffer) {
        final DmRequestWriter out = new DmRequestWriter(buffer, task.command());
        task.encode(out);
        return out.inputBytes();
    }

    /// Whether the reply did not fit: nothing of it is to be used, ask again with a larger buffer.
    public static boolean bufferFull(MemorySegment reply) {
        return DmHeader.has(reply, Dm.DM_BUFFER_FULL_FLAG());
    }

    /// The interface version of whoever answered, also when it answered with an error.
    public static DmVersion version(MemorySegment reply) {
        return DmHeader.version(reply);
    }

    /// Reads the reply to `task`.
    ///
    /// @throws DmProtocolException when the peer's bytes are no reply
    public static <R> R decode(DmTask<R> task, MemorySegment reply) throws DmProtocolException {
        return task.decode(new DmReplyReader(reply));
    }
}
