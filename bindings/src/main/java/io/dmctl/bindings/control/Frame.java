package io.dmctl.bindings.control;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// One received message of the socket protocol: a request to a server, or its reply. For dm's commands the body is a
/// `struct dm_ioctl` with payload; for ours (from [#FIRST_OWN] on) it is what the command says.
///
/// Owns its memory and the descriptors that came with it, until [#takeDevices] gives those away.
/// Confined to the thread that received it.
public final class Frame implements AutoCloseable {
    /// Commands from here on are not device-mapper's.
    public static final int FIRST_OWN = 0x80;

    private final Arena arena;
    private final int command;
    private final DmOutcome outcome;
    private final MemorySegment body;
    private final long bodyBytes;
    private final List<String> options;
    private List<DeviceDescriptor> devices;

    Frame(Arena arena, FrameHeader header, MemorySegment body, FrameExtras extras) {
        this.arena = arena;
        this.command = header.command();
        this.outcome = new DmOutcome(header.errno(), extras.reason(), header.line(), header.argument());
        this.body = body;
        this.bodyBytes = header.bodyBytes();
        this.options = List.copyOf(extras.options());
        this.devices = extras.devices();
    }

    public int command() {
        return command;
    }

    /// How the command ended; in a request [DmOutcome#OK].
    public DmOutcome outcome() {
        return outcome;
    }

    /// The memory of the body: in a request as large as the reply may become, zero behind what was sent.
    public MemorySegment body() {
        return body;
    }

    /// How much of [#body] was sent.
    public long bodyBytes() {
        return bodyBytes;
    }

    /// The options, each as `key=value`.
    public List<String> options() {
        return options;
    }

    /// The descriptors with their words, in the order they were sent; closed with this frame.
    public List<DeviceDescriptor> devices() {
        return devices;
    }

    /// The same, and from here on the caller's to close.
    public List<DeviceDescriptor> takeDevices() {
        final List<DeviceDescriptor> taken = devices;
        devices = List.of();
        return taken;
    }

    /// Closes the descriptors that it still owns.
    void closeDevices() {
        for (DeviceDescriptor device : takeDevices()) {
            device.fd().close();
        }
    }

    @Override
    public void close() {
        closeDevices();
        if (arena.scope().isAlive()) {
            body.fill((byte) 0); // there may be keys in it
            arena.close();
        }
    }
}
