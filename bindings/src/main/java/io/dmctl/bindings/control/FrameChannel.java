package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Frames over a Unix socket, for both ends. Bodies are read off-heap, as large as their headers say and no larger
/// than the protocol allows.
final class FrameChannel implements AutoCloseable {
    private final UnixSocket socket;

    FrameChannel(UnixSocket socket) {
        this.socket = socket;
    }

    /// Sends a frame; `header`'s sizes of TLVs and descriptors are filled in here.
    void send(FrameHeader header, MemorySegment body, FrameExtras extras) throws IOException {
        final byte[] tlvs = extras.encode();
        final List<Fd> descriptors = new ArrayList<>();
        for (DeviceDescriptor device : extras.devices()) {
            descriptors.add(device.fd());
        }
        final FrameHeader full = new FrameHeader(
                header.reply(),
                header.command(),
                header.errno(),
                header.bodyBytes(),
                header.capacity(),
                tlvs.length,
                descriptors.size(),
                header.line(),
                header.argument());
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment head = arena.allocate(FrameHeader.BYTES, Long.BYTES);
            full.write(head);
            socket.send(head, descriptors);
            if (header.bodyBytes() > 0) {
                socket.send(body.asSlice(0, header.bodyBytes()), List.of());
            }
            if (tlvs.length > 0) {
                final MemorySegment tail = arena.allocate(tlvs.length);
                MemorySegment.copy(tlvs, 0, tail, JAVA_BYTE, 0, tlvs.length);
                socket.send(tail, List.of());
            }
        }
    }

    /// The next frame; null when the peer has ended the connection between two.
    ///
    /// @throws MalformedFrameException when the peer sent something else
    @Nullable
    Frame receive(boolean reply) throws IOException {
        final Arena arena = Arena.ofConfined();
        final List<Fd> descriptors = new ArrayList<>();
        try {
            final Frame frame = receive(reply, arena, descriptors);
            if (frame == null) {
                arena.close();
            }
            return frame;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            descriptors.forEach(Fd::close);
            arena.close();
            if (e instanceof OutOfMemoryError) {
                // Off-heap memory for one request is not worth the process: this connection ends, the others go on.
                throw new IOException("frame: no memory for it", e);
            }
            throw e;
        }
    }

    private @Nullable Frame receive(boolean reply, Arena arena, List<Fd> descriptors) throws IOException {
        final MemorySegment head = arena.allocate(FrameHeader.BYTES, Long.BYTES);
        final long first = socket.receive(head, descriptors);
        if (first == 0) {
            return null;
        }
        if (first < head.byteSize()) {
            socket.receiveFully(head.asSlice(first), descriptors);
        }
        final FrameHeader header = FrameHeader.read(head, reply);
        if (header.descriptors() != descriptors.size()) {
            throw new MalformedFrameException(
                    "frame: " + header.descriptors() + " descriptors announced, " + descriptors.size() + " received");
        }
        final MemorySegment body =
                arena.allocate(Math.max(1, Math.max(header.bodyBytes(), header.capacity())), Long.BYTES);
        if (header.bodyBytes() > 0) {
            socket.receiveFully(body.asSlice(0, header.bodyBytes()), null);
        }
        final MemorySegment tlvs = arena.allocate(header.tlvBytes(), 1);
        if (header.tlvBytes() > 0) {
            socket.receiveFully(tlvs, null);
        }
        return new Frame(
                arena,
                header,
                body.asSlice(0, Math.max(header.bodyBytes(), header.capacity())),
                FrameExtras.decode(tlvs, descriptors));
    }

    UnixSocket socket() {
        return socket;
    }

    @Override
    public void close() {
        socket.close();
    }
}
