package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A device server of ours, over its Unix socket.
///
/// Thread rule: one command at a time (others wait); [#close] from any thread ends a command that waits.
public final class SocketTransport implements DmTransport {
    private final FrameChannel frames;

    public SocketTransport(UnixSocket socket) {
        this.frames = new FrameChannel(socket);
    }

    /// Connects to the server at `path`.
    ///
    /// @throws ErrnoException ENOENT or ECONNREFUSED when there is none
    public static SocketTransport connect(String path) throws ErrnoException {
        return new SocketTransport(UnixSocket.connect(path));
    }

    @Override
    public String call() {
        return "server";
    }

    @Override
    public synchronized DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws IOException {
        try (Frame reply = exchange(command, buffer.asSlice(0, inputBytes), buffer.byteSize(), attachments)) {
            if (reply.bodyBytes() > buffer.byteSize()) {
                throw new MalformedFrameException("frame: a reply of " + reply.bodyBytes()
                        + " bytes to a request that had room for " + buffer.byteSize());
            }
            MemorySegment.copy(reply.body(), 0, buffer, 0, reply.bodyBytes());
            return reply.outcome();
        }
    }

    /// Runs a command of ours ([Frame#FIRST_OWN] and above). The caller closes the reply, and keeps its descriptors.
    public synchronized Frame run(int command, MemorySegment payload, DmAttachments attachments) throws IOException {
        if (command < Frame.FIRST_OWN || command > 0xffff) {
            throw new IllegalArgumentException("not a command of ours: " + command);
        }
        return exchange(command, payload, payload.byteSize(), attachments);
    }

    private Frame exchange(int command, MemorySegment input, long capacity, DmAttachments attachments)
            throws IOException {
        try {
            return sendAndReceive(command, input, capacity, attachments);
        } catch (IOException e) {
            // Half a frame may be on the way: what came next would be read as something else.
            close();
            throw e;
        }
    }

    private Frame sendAndReceive(int command, MemorySegment input, long capacity, DmAttachments attachments)
            throws IOException {
        if (capacity > FrameHeader.MAX_BODY_BYTES) {
            throw new MalformedFrameException(
                    "frame: a body of " + capacity + " bytes, at most " + FrameHeader.MAX_BODY_BYTES);
        }
        final FrameHeader header =
                new FrameHeader(false, command, 0, (int) input.byteSize(), (int) capacity, 0, 0, -1, -1);
        frames.send(header, input, new FrameExtras(null, attachments.devices(), attachments.options()));
        final Frame reply = frames.receive(true);
        if (reply == null) {
            throw new ErrnoException(
                    "recvmsg", String.valueOf(frames.socket()), Errno.ECONNRESET, "the server ended without a reply");
        }
        if (reply.command() != command) {
            final int other = reply.command();
            reply.close();
            throw new MalformedFrameException("frame: a reply to command " + DmCommand.nameOf(other) + " instead of "
                    + DmCommand.nameOf(command));
        }
        return reply;
    }

    @Override
    public void close() {
        frames.close();
    }
}
