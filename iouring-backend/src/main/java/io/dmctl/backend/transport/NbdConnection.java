package io.dmctl.backend.transport;

import static io.dmctl.backend.transport.NbdProtocol.U16;
import static io.dmctl.backend.transport.NbdProtocol.U32;
import static io.dmctl.backend.transport.NbdProtocol.U64;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.SocketFlags;
import io.dmctl.bindings.sys.UnixSocket;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client in transmission: a reader that takes one request after the other off the stream, up to `depth` requests
/// in the device, and [NbdReplies] in the order of their completion.
///
/// Made by the thread that negotiated; from [#start] on the queue's thread has it. It owns the socket and the buffers,
/// and frees them when the reader has ended and nothing of it is in the ring or the device any more.
@HotPath
final class NbdConnection implements RequestSink {
    private static final Logger log = LoggerFactory.getLogger(NbdConnection.class);

    /// A refused WRITE's payload is read and dropped up to here; beyond, the connection ends.
    private static final int MAX_DRAIN_BYTES = 64 << 20;

    /// What the reader waits for.
    private enum Reading {
        HEADER,
        PAYLOAD,
        DRAIN,
        /// A header is there, but all operations are in use.
        FREE_OP,
        ENDED
    }

    private final NbdQueue queue;
    private final UnixSocket socket;
    private final int fd;
    private final Mapping buffers;
    private final Mapping header;
    private final NbdOp[] ops;
    private final NbdOpQueue free = new NbdOpQueue();
    private final NbdReplies replies;
    private final NbdCommand command;
    private int inUse;
    private int slot;
    private Reading reading = Reading.HEADER;
    private boolean receiving;
    private boolean freed;
    private long at;
    private int want;
    private int drainLeft;
    private @Nullable NbdOp current;

    /// Written by the queue's thread, read by control threads.
    private volatile boolean ended;

    /// @throws ErrnoException ENOMEM
    NbdConnection(NbdQueue queue, UnixSocket socket, NbdExport export, int depth) throws ErrnoException {
        this.queue = queue;
        this.socket = socket;
        this.fd = socket.number();
        this.command = new NbdCommand(export);
        final int bytes = export.maxIoBytes();
        buffers = Mapping.anonymous((long) depth * bytes);
        header = small(NbdProtocol.REQUEST_BYTES + 4 + NbdReplies.bytesFor(depth), buffers);
        ops = new NbdOp[depth];
        for (int i = 0; i < depth; i++) {
            ops[i] = new NbdOp(this, i, buffers.segment().asSlice((long) i * bytes, bytes));
            free.add(ops[i]);
        }
        replies = new NbdReplies(header.segment().asSlice(NbdProtocol.REQUEST_BYTES + 4), depth);
    }

    private static Mapping small(long bytes, Mapping closeOnFailure) throws ErrnoException {
        try {
            return Mapping.anonymous(bytes);
        } catch (ErrnoException e) {
            closeOnFailure.close();
            throw e;
        }
    }

    // ---- from other threads ----

    /// Is the client still there? It may have left while the reader waits for a free operation.
    boolean isOpen() {
        return !ended && isThere(socket);
    }

    static boolean isThere(UnixSocket client) {
        try {
            return !client.awaitHangup(0);
        } catch (ErrnoException e) {
            return false; // closed meanwhile
        }
    }

    // ---- on the queue's thread ----

    void start(int newSlot) {
        slot = newSlot;
        nextHeader();
    }

    /// Ends the stream: what is in the device finishes, its replies are dropped.
    void abort() {
        socket.shutdown();
    }

    private void receive(long address, int length) {
        at = address;
        want = length;
        receiving = true;
        queue.agent().prepare().prepRecv(fd, address, length, SocketFlags.WAITALL, NbdQueue.receiveData(slot));
    }

    private void nextHeader() {
        reading = Reading.HEADER;
        receive(header.address(), NbdProtocol.REQUEST_BYTES);
    }

    /// A receive has ended.
    void received(int result) {
        receiving = false;
        if (result == -Errno.EINTR || result == -Errno.EAGAIN) {
            receive(at, want);
        } else if (result <= 0) {
            endReading();
        } else if (result < want) {
            receive(at + result, want - result);
        } else {
            switch (reading) {
                case HEADER -> takeOp();
                case PAYLOAD -> {
                    submit(takeCurrent());
                    nextHeader();
                }
                case DRAIN -> drainMore();
                case FREE_OP, ENDED -> throw new IllegalStateException("received while " + reading);
            }
        }
        freeIfOver();
    }

    private NbdOp takeCurrent() {
        final NbdOp op = Objects.requireNonNull(current);
        current = null;
        return op;
    }

    private void endReading() {
        final NbdOp op = current;
        if (op != null) {
            current = null;
            release(op);
        }
        reading = Reading.ENDED;
        ended = true;
    }

    private void breakOff(String why) {
        log.warn("nbd: {}: connection closed: {}", socket, why);
        endReading();
        socket.shutdown();
    }

    private void takeOp() {
        reading = Reading.HEADER;
        final MemorySegment h = header.segment();
        if (h.get(U32, 0) != NbdProtocol.REQUEST_MAGIC) {
            breakOff("bad request magic");
            return;
        }
        if (h.get(U16, 6) == NbdProtocol.CMD_DISC) {
            endReading();
            return;
        }
        final NbdOp op = free.poll();
        if (op == null) {
            reading = Reading.FREE_OP;
            return;
        }
        inUse++;
        op.begin(h.get(U64, 8));
        dispatch(op, h);
    }

    private void dispatch(NbdOp op, MemorySegment h) {
        final int type = Short.toUnsignedInt(h.get(U16, 6));
        final int length = h.get(U32, 24);
        op.error = command.parse(op, h.get(U16, 4), type, h.get(U64, 16), length, queue.isReadOnly());
        if (type == NbdProtocol.CMD_WRITE && length != 0) {
            current = op;
            if (op.error == 0) {
                reading = Reading.PAYLOAD;
                receive(op.bufferAddress, length);
            } else if (length < 0 || length > MAX_DRAIN_BYTES) {
                breakOff("write of " + Integer.toUnsignedString(length) + " bytes");
            } else {
                reading = Reading.DRAIN;
                drainLeft = length;
                drain();
            }
            return;
        }
        if (op.error != 0 || (length == 0 && type != NbdProtocol.CMD_FLUSH)) {
            reply(op);
        } else {
            submit(op);
        }
        nextHeader();
    }

    private void drain() {
        receive(queue.drainAddress(), Math.min(drainLeft, NbdQueue.DRAIN_BYTES));
    }

    private void drainMore() {
        drainLeft -= Math.min(drainLeft, NbdQueue.DRAIN_BYTES);
        if (drainLeft > 0) {
            drain();
        } else {
            reply(takeCurrent());
            nextHeader();
        }
    }

    private void submit(NbdOp op) {
        queue.device().submit(op.request, queue.agent());
    }

    @Override
    public void requestDone(Request request, IoThread thread) {
        final NbdOp op = ops[request.tag()];
        final int status = request.status();
        if (status == 0 && op.advance()) {
            submit(op);
            return;
        }
        op.error = -status;
        if (status == 0 && request.op() == ReqOp.READ) {
            op.payloadBytes = request.sectors() << 9;
        }
        reply(op);
        resumeReading();
        freeIfOver();
    }

    private void resumeReading() {
        if (reading == Reading.FREE_OP && inUse < ops.length) {
            takeOp();
        }
    }

    private void reply(NbdOp op) {
        replies.add(op);
        if (!replies.sending()) {
            send();
        }
    }

    private void send() {
        if (replies.isBroken()) {
            releaseAll(replies.drop());
        } else if (replies.fill()) {
            queue.agent()
                    .prepare()
                    .prepSendmsg(
                            fd, replies.message(), SocketFlags.WAITALL | SocketFlags.NOSIGNAL, NbdQueue.sendData(slot));
        }
    }

    /// A send has ended.
    void sent(int result) {
        if (result < 0 && result != -Errno.EINTR && result != -Errno.EAGAIN) {
            replies.breakOff();
            socket.shutdown(); // the reader ends too
        }
        releaseAll(replies.sent(Math.max(result, 0)));
        send();
        resumeReading();
        freeIfOver();
    }

    private void releaseAll(NbdOpQueue done) {
        NbdOp op;
        while ((op = done.poll()) != null) {
            release(op);
        }
    }

    private void release(NbdOp op) {
        free.add(op);
        inUse--;
    }

    private void freeIfOver() {
        if (reading == Reading.ENDED && !receiving && inUse == 0 && !freed) {
            freed = true;
            queue.over(this, slot);
            free();
        }
    }

    private void free() {
        ended = true;
        socket.close();
        buffers.close();
        header.close();
    }
}
