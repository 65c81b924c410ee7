package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmCommand;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmTransport;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The Java engine without devices, beside a record: it tells its version and its target types, and refuses the
/// rest. What a device of its is, is in a server's memory and the registry's files, which commands and replies
/// do not tell.
record JavaTypes(JavaEngine engine) implements DmTransport {
    @Override
    public String call() {
        return engine.call();
    }

    @Override
    public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws IOException {
        final DmCommand known = DmCommand.of(command);
        return known == DmCommand.VERSION
                        || known == DmCommand.LIST_VERSIONS
                        || known == DmCommand.GET_TARGET_VERSION
                        || known == DmCommand.LIST_DEVICES
                ? engine.run(command, buffer, inputBytes, attachments)
                : DmOutcome.failed(Errno.EOPNOTSUPP, "a record is of the kernel's device-mapper: not on this engine");
    }

    @Override
    public void close() {
        engine.close();
    }
}
