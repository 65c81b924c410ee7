package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Commands to a device-mapper: the kernel's, or one of ours behind a socket.
///
/// Thread rule: one command at a time, from any thread; a command that blocks (a suspend that drains, a wait for an
/// event) wants a control of its own. Owns its transport; [#close] closes it.
public final class DmControl implements AutoCloseable {
    private static final long SMALL_BYTES = 16 << 10;
    /// A message that is sent again is done again, so its first buffer has room for the longest usual answer.
    private static final long MESSAGE_BYTES = 1 << 20;
    /// Also what the socket's protocol carries.
    static final long MAX_BYTES = 64 << 20;

    private final DmTransport transport;
    private DmVersion version = new DmVersion(0, 0, 0);

    private DmControl(DmTransport transport) {
        this.transport = transport;
    }

    /// The kernel's device-mapper.
    ///
    /// @throws IOException with the remedy when it cannot be used here
    public static DmControl kernel() throws IOException {
        return new DmControl(KernelTransport.open());
    }

    /// Whatever is behind `transport`, which this object then owns.
    public static DmControl over(DmTransport transport) {
        return new DmControl(transport);
    }

    /// Runs `task` and answers its reply.
    ///
    /// @throws DmException with errno and, where known, the reason
    public <R> R run(DmTask<R> task) throws DmException {
        return run(task, DmAttachments.NONE);
    }

    /// Runs `task` with open devices and options; the caller keeps the descriptors.
    public <R> R run(DmTask<R> task, DmAttachments attachments) throws DmException {
        final long least = DmCodec.requestBytes(task);
        if (least > MAX_BYTES) {
            throw failed(task, Errno.EMSGSIZE, "the request has " + least + " bytes, at most " + MAX_BYTES, null);
        }
        long capacity = task.command() == DmCommand.TARGET_MSG ? MESSAGE_BYTES : SMALL_BYTES;
        while (capacity < least) {
            capacity *= 2;
        }
        while (true) {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment buffer = arena.allocate(capacity, Long.BYTES);
                try {
                    perform(task, attachments, buffer);
                    if (!DmCodec.bufferFull(buffer)) {
                        return DmCodec.decode(task, buffer);
                    }
                } finally {
                    if (task.command().carriesSecrets()) {
                        buffer.fill((byte) 0);
                    }
                }
            } catch (DmProtocolException e) {
                throw failed(task, e.errno(), "the reply is not valid: " + e.getMessage(), e);
            } catch (ErrnoException e) {
                throw failed(task, e.errno(), e.getMessage(), e);
            } catch (IOException e) {
                throw failed(task, Errno.EIO, e.getMessage(), e);
            }
            if (capacity == MAX_BYTES) {
                throw failed(task, Errno.EMSGSIZE, "the reply has more than " + MAX_BYTES + " bytes", null);
            }
            capacity *= 2;
        }
    }

    private void perform(DmTask<?> task, DmAttachments attachments, MemorySegment buffer)
            throws DmException, IOException {
        final long inputBytes = DmCodec.encode(task, buffer);
        final DmVersion needed = DmCodec.version(buffer);
        final DmOutcome outcome = transport.run(task.command().nr(), buffer, inputBytes, attachments);
        if (outcome.errno() == 0) {
            version = DmCodec.version(buffer);
            return;
        }
        // The engine writes its version back also when it refuses; before that (EACCES) it leaves ours, and after that
        // the kernel wipes what carries secrets.
        final DmVersion engine = DmCodec.version(buffer);
        if (outcome.reason() == null
                && outcome.errno() == Errno.EINVAL
                && engine.major() != 0
                && !engine.accepts(needed)) {
            throw failed(task, Errno.EINVAL, "needs interface " + needed + ", this is " + engine, null);
        }
        throw new DmException(transport.call(), task, outcome);
    }

    private DmException failed(DmTask<?> task, int errno, @Nullable String reason, @Nullable Throwable cause) {
        return new DmException(transport.call(), task, new DmOutcome(errno, reason, -1, -1), cause);
    }

    /// The interface version that the engine told with its last reply; asks when there was none yet.
    public DmVersion version() throws DmException {
        return version.major() == 0 ? run(new DmTask.Version()) : version;
    }

    @Override
    public void close() {
        transport.close();
    }
}
