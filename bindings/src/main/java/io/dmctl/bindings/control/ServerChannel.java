package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The server's end of a control connection: receive a request, reply to it, and so on.
///
/// Thread rule: one thread serves a connection; [#close] and [#awaitHangup] from any. Owns its socket.
public final class ServerChannel implements AutoCloseable {
    private final FrameChannel frames;

    public ServerChannel(UnixSocket socket) {
        this.frames = new FrameChannel(socket);
    }

    /// The next request, which the caller closes; null when the client has gone.
    ///
    /// @throws MalformedFrameException when the client sent something else; the connection is closed
    public @Nullable Frame receive() throws IOException {
        try {
            return frames.receive(false);
        } catch (MalformedFrameException e) {
            close();
            throw e;
        }
    }

    /// Answers a dm command that was done: what `reply` wrote into the request's buffer. The descriptors that came with
    /// it are closed before: who has the answer may remove their devices, which must not be open here any more.
    public void reply(Frame request, DmReplyWriter reply) throws IOException {
        request.closeDevices();
        reply(request, DmOutcome.OK, request.body().asSlice(0, reply.replyBytes()), List.of());
    }

    /// Answers a command that failed. Of a dm command only the version goes back, as from the kernel; the descriptors
    /// that came with it are closed before.
    public void fail(Frame request, DmOutcome outcome) throws IOException {
        if (outcome.errno() == 0) {
            throw new IllegalArgumentException("a failure without errno");
        }
        request.closeDevices();
        final long bytes = request.command() < Frame.FIRST_OWN && request.body().byteSize() >= DmHeader.MIN_BYTES
                ? DmHeader.VERSION_BYTES
                : 0;
        reply(request, outcome, request.body().asSlice(0, bytes), List.of());
    }

    /// Answers with any body and descriptors; the caller keeps its own.
    public void reply(Frame request, DmOutcome outcome, MemorySegment body, List<DeviceDescriptor> descriptors)
            throws IOException {
        final FrameHeader header = new FrameHeader(
                true,
                request.command(),
                outcome.errno(),
                Math.toIntExact(body.byteSize()),
                0,
                0,
                0,
                outcome.line(),
                outcome.argument());
        frames.send(header, body, new FrameExtras(outcome.reason(), descriptors, List.of()));
    }

    /// Waits until the client has gone; false when it has not in `timeoutMs` (negative: for ever). For DEV_WAIT,
    /// which a client cancels by hanging up.
    public boolean awaitHangup(int timeoutMs) throws ErrnoException {
        return frames.socket().awaitHangup(timeoutMs);
    }

    /// The user id of the client.
    public int peerUid() throws ErrnoException {
        return frames.socket().peerUid();
    }

    @Override
    public void close() {
        frames.close();
    }
}
