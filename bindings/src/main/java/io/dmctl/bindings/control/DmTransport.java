package io.dmctl.bindings.control;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A way to an engine.
///
/// Thread rule: one command at a time; [#close] from any thread.
public interface DmTransport extends AutoCloseable {
    /// How messages name the call, as in `ioctl(DM_DEV_REMOVE)`.
    String call();

    /// Runs dm command `command` on `buffer`, a `struct dm_ioctl` whose `data_size` is the buffer's size and whose
    /// first `inputBytes` are the request. The reply is in `buffer` when the outcome's errno is 0; else only the
    /// version is.
    ///
    /// @throws IOException when the engine cannot be reached any more
    DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments) throws IOException;

    @Override
    void close();
}
