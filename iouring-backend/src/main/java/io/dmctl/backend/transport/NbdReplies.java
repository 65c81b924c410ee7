package io.dmctl.backend.transport;

import static io.dmctl.backend.transport.NbdProtocol.U32;
import static io.dmctl.backend.transport.NbdProtocol.U64;

import io.dmctl.bindings.ring.MessageVector;
import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.MemorySegment;

/// The replies of a connection: one message is in flight, what completes meanwhile goes together into the next.
@HotPath
final class NbdReplies {
    private final MemorySegment headers;
    private final long headersAddress;
    private final MessageVector vector;
    private final NbdOpQueue waiting = new NbdOpQueue();
    private final NbdOpQueue inMessage = new NbdOpQueue();
    private final NbdOpQueue none = new NbdOpQueue();
    private boolean sending;
    private boolean broken;

    NbdReplies(MemorySegment memory, int depth) {
        final long headerBytes = (long) depth * NbdProtocol.REPLY_BYTES;
        headers = memory.asSlice(0, headerBytes);
        headersAddress = headers.address();
        vector = new MessageVector(memory.asSlice(headerBytes), parts(depth));
    }

    static long bytesFor(int depth) {
        return (long) depth * NbdProtocol.REPLY_BYTES + MessageVector.bytesFor(parts(depth));
    }

    /// A header and a payload each.
    private static int parts(int depth) {
        return Math.min(2 * depth, MessageVector.MAX_PARTS);
    }

    void add(NbdOp op) {
        waiting.add(op);
    }

    boolean sending() {
        return sending;
    }

    boolean isBroken() {
        return broken;
    }

    /// The client takes no more.
    void breakOff() {
        broken = true;
    }

    /// The msghdr to send.
    long message() {
        return vector.address();
    }

    /// Makes the message that is to be sent now: the rest of the last, or what waits. False when there is nothing.
    boolean fill() {
        if (sending) {
            return true;
        }
        vector.clear();
        while (vector.room() >= 2) {
            final NbdOp op = waiting.poll();
            if (op == null) {
                break;
            }
            append(op);
            inMessage.add(op);
        }
        sending = !inMessage.isEmpty();
        return sending;
    }

    private void append(NbdOp op) {
        final long at = (long) op.request.tag() * NbdProtocol.REPLY_BYTES;
        headers.set(U32, at, NbdProtocol.REPLY_MAGIC);
        headers.set(U32, at + 4, NbdProtocol.error(op.error));
        headers.set(U64, at + 8, op.cookie);
        vector.add(headersAddress + at, NbdProtocol.REPLY_BYTES);
        if (op.payloadBytes != 0) {
            vector.add(op.bufferAddress, op.payloadBytes);
        }
    }

    /// `bytes` of the message were sent. Answers the operations that are done with: none before all of it was.
    NbdOpQueue sent(int bytes) {
        if (!vector.advance(bytes) && !broken) {
            return none;
        }
        sending = false;
        return inMessage;
    }

    /// What will not be sent any more.
    NbdOpQueue drop() {
        return waiting;
    }
}
