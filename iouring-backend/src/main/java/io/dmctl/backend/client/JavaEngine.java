package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmTransport;
import java.lang.foreign.MemorySegment;

/// The Java engine as one device-mapper: answers what the registry knows, sends the rest to the group's server.
public final class JavaEngine implements DmTransport {
    private final Registry registry;

    JavaEngine(Registry registry) {
        this.registry = registry;
    }

    @Override
    public String call() {
        return "dm";
    }

    @Override
    public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments) {
        throw new IllegalStateException("to come: " + registry);
    }

    @Override
    public void close() {}
}
