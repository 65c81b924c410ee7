package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.Sys;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Writes a record of the commands to an engine; [DmTape] has its form. The engine gets what it would get
/// without it.
///
/// A request is in the file before the engine has it, and a reply before the caller has that: of a process that
/// dies, or a command that does not return, the record has all that was begun. (A machine that dies may lose
/// the last lines: nothing is synced.) When a line cannot be written, on a full disk, recording ends there and
/// the commands go on, because a device that is half way through a change is worse than a record that is not
/// whole; [#close] then tells. The file must not lie on a device that is suspended: writing waits for it.
///
/// A record without a command is removed at its end: the command line was wrong, and the next one wants the
/// name.
///
/// Thread rule: from any thread. Owns its file, mode 0600.
public final class DmRecorder implements DmTape {
    private final String path;
    private final Fd file;
    private @Nullable ErrnoException failure;
    private boolean empty = true;
    private boolean closed;

    private DmRecorder(String path, Fd file) {
        this.path = path;
        this.file = file;
    }

    /// Begins a record in a new file.
    ///
    /// @throws ErrnoException EEXIST when there is a file already: a record is never written over; or why it
    /// cannot be written
    public static DmRecorder create(Path path) throws ErrnoException {
        final int fd = Sys.open(path.toString(), OpenFlags.RDWR | OpenFlags.CREAT | OpenFlags.EXCL, 0600);
        if (fd == -Errno.EEXIST) {
            throw new ErrnoException(
                    "open", path.toString(), Errno.EEXIST, "a record is not written over another file");
        }
        final DmRecorder recorder =
                new DmRecorder(path.toString(), Fd.owning(ErrnoException.check("open", path.toString(), fd)));
        recorder.write(RecordText.FIRST, List.of());
        recorder.empty = true;
        if (recorder.failure != null) {
            recorder.file.close();
            throw recorder.failure;
        }
        return recorder;
    }

    @Override
    public boolean replays() {
        return false;
    }

    @Override
    public DmTransport transport(Opening engine) throws IOException {
        return over(engine.open());
    }

    /// As [#transport], of a way that is open.
    public DmTransport over(DmTransport engine) {
        return new DmTransport() {
            @Override
            public String call() {
                return engine.call();
            }

            @Override
            public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
                    throws IOException {
                // Before the engine has it: that wipes what carries secrets.
                final RecordPayload asked = RecordPayload.ofRequest(command, buffer, inputBytes);
                write(
                        RecordText.REQUEST + engine.call() + " " + DmHeader.version(buffer) + " "
                                + RecordText.request(command, buffer, asked, attachments),
                        asked.notes());
                final DmOutcome outcome;
                try {
                    outcome = engine.run(command, buffer, inputBytes, attachments);
                } catch (IOException e) {
                    final int errno = e instanceof ErrnoException call ? call.errno() : Errno.EIO;
                    final String reason = String.valueOf(e.getMessage());
                    write(RecordText.failed(DmOutcome.failed(errno, reason), buffer), List.of(Errno.describe(errno)));
                    throw e;
                }
                if (outcome.errno() == 0) {
                    final RecordPayload answer = RecordPayload.ofReply(command, buffer);
                    write(RecordText.reply(command, buffer, answer), answer.notes());
                } else {
                    write(RecordText.failed(outcome, buffer), List.of(Errno.describe(outcome.errno())));
                }
                return outcome;
            }

            @Override
            public void close() {
                engine.close();
            }
        };
    }

    @Override
    public String look(String what, Supplier<String> look) {
        final String value = look.get();
        write(RecordText.SEEN + RecordText.escaped(what) + " " + RecordText.escaped(value), List.of());
        return value;
    }

    private synchronized void write(String line, List<String> notes) {
        if (failure != null || closed) {
            return;
        }
        empty = false;
        final StringBuilder text = new StringBuilder(line).append('\n');
        for (String note : notes) {
            text.append("# ").append(RecordText.onOneLine(note)).append('\n');
        }
        final byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment from = arena.allocate(bytes.length);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, from, 0, bytes.length);
            long done = 0;
            while (done < bytes.length) {
                final long r = Sys.write(file.number(), from.address() + done, bytes.length - done);
                if (r != -Errno.EINTR) {
                    done += ErrnoException.check("write", path, r);
                }
            }
        } catch (ErrnoException e) {
            failure = e;
        }
    }

    @Override
    public synchronized void close() throws DmTapeException {
        if (closed) {
            return;
        }
        final boolean nothing = empty;
        write(RecordText.END, List.of());
        closed = true;
        file.close();
        if (nothing) {
            new File(path).delete();
        }
        if (failure != null) {
            throw new DmTapeException(
                    failure.getMessage() + ": the record is not whole; what was done is not changed by that");
        }
    }
}
