package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.DeviceFront;
import io.dmctl.targets.core.LiveTable;
import java.util.Optional;

/// How a mapped device is shown to its users. Made at the device's first load, ready at its first resume.
///
/// Thread rule: one control thread at a time.
public sealed interface BlockTransport extends DeviceFront permits UblkTransport, NbdTransport, EmbeddedTransport {
    /// `ublk`, `nbd`, `embedded`.
    String kind();

    /// What leads to the device: a block device's path, an NBD address; empty before the first resume, or when nothing
    /// does.
    Optional<String> address();

    /// How the bytes of requests come to the server, an [IoMode]; empty before the first resume, and where there is no
    /// choice.
    default Optional<String> ioMode() {
        return Optional.empty();
    }

    /// Its queues; empty before the first resume, and where they are not what a user chooses.
    default Optional<QueueSetup> queueSetup() {
        return Optional.empty();
    }

    /// Why the device must not be suspended; empty when it may be.
    default Optional<String> refusesSuspend() {
        return Optional.empty();
    }

    /// Why it can never show `table`, which is being loaded; empty when it may.
    default Optional<String> refuses(LiveTable table) {
        return Optional.empty();
    }

    /// How many have it open.
    int openCount();

    /// Takes the device away and frees everything.
    ///
    /// @throws ErrnoException EBUSY while somebody has it open; nothing has changed then
    void stop() throws ErrnoException;
}
