package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.DeviceFront;
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

    /// How many have it open.
    int openCount();

    /// Takes the device away and frees everything.
    ///
    /// @throws ErrnoException EBUSY while somebody has it open; nothing has changed then
    void stop() throws ErrnoException;
}
