package io.dmctl.bindings.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Answers commands from a record, without an engine: no root, no device-mapper. [DmTape] has the record's
/// form.
///
/// Each request must be the one that stands next in the record, its keys blotted out alike. From the first that
/// differs on nothing is answered, and everything fails with what was asked, and what the record has in which
/// line. Keys in replies are zeros.
///
/// Thread rule: from any thread.
public final class DmReplay implements DmTape {
    private static final int SHOWN_CHARS = 300;

    private final String path;
    private final String text;
    private int at;
    private int lineNr;
    private String call = "ioctl";
    private @Nullable DmTapeException failure;
    private boolean closed;

    private DmReplay(String path, String text) {
        this.path = path;
        this.text = text;
    }

    /// @throws DmTapeException when it is no record, or one of another version
    public static DmReplay open(Path path) throws IOException {
        final DmReplay replay =
                new DmReplay(path.toString(), new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
        final String first = replay.line();
        if (first == null || !first.startsWith(RecordText.NAME)) {
            throw new DmTapeException(path + ": is no record of dmctl");
        }
        if (!first.equals(RecordText.FIRST)) {
            throw new DmTapeException(
                    path + ": is '" + RecordText.onOneLine(first) + "', this reads " + RecordText.FIRST);
        }
        return replay;
    }

    @Override
    public boolean replays() {
        return true;
    }

    @Override
    public DmTransport transport(Opening engine) {
        return transport();
    }

    /// What answers; [DmControl#over] takes it.
    public DmTransport transport() {
        return new DmTransport() {
            @Override
            public String call() {
                return DmReplay.this.call();
            }

            @Override
            public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
                    throws DmTapeException {
                return answer(command, buffer, inputBytes, attachments);
            }

            @Override
            public void close() {}
        };
    }

    private synchronized String call() {
        return call;
    }

    private synchronized DmOutcome answer(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws DmTapeException {
        final RecordPayload payload = RecordPayload.ofRequest(command, buffer, inputBytes);
        final String asked = RecordText.request(command, buffer, payload, attachments);
        final String found = next("asked for " + shown(asked, payload.notes()));
        final String[] words = found.split(" ", 4);
        if (!found.startsWith(RecordText.REQUEST) || words.length < 4 || !words[3].equals(asked)) {
            throw differs(asked, payload.notes(), words.length < 4 ? found : words[3]);
        }
        call = words[1];
        final String reply = next("for the reply to " + DmCommand.nameOf(command));
        if (!reply.startsWith(RecordText.REPLY)) {
            throw failed(DmCommand.nameOf(command) + " has no reply: it had not ended when the record did");
        }
        try {
            return new RecordReply(reply).answer(command, buffer);
        } catch (IllegalArgumentException e) {
            throw failed("no reply to " + DmCommand.nameOf(command) + ": " + e.getMessage());
        }
    }

    private DmTapeException differs(String asked, List<String> notes, String found) {
        final int there = lineNr;
        final StringBuilder means = new StringBuilder();
        while (text.startsWith("#", at)) {
            means.append("; ").append(String.valueOf(line()).substring(1).strip());
        }
        lineNr = there;
        final String has =
                found.startsWith(RecordText.SEEN) || found.equals(RecordText.END) ? found : shown(found, List.of());
        return failed("asked for " + shown(asked, notes) + ", the record has " + cut(has + means));
    }

    /// A request for a reader: its bytes are shown by what they mean.
    private static String shown(String request, List<String> notes) {
        final String head = request.replaceAll(" payload=\\p{XDigit}*", "");
        return cut(notes.isEmpty() ? head : head + "; " + String.join("; ", notes));
    }

    private static String cut(String text) {
        final String line = RecordText.onOneLine(text);
        return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "...";
    }

    @Override
    public synchronized String look(String what, Supplier<String> look) {
        try {
            final String found = next("looked for " + what);
            final String begin = RecordText.SEEN + RecordText.escaped(what) + " ";
            if (!found.startsWith(begin)) {
                throw failed("looked for " + what + ", the record has " + cut(found));
            }
            return new String(RecordText.unescaped(found.substring(begin.length())), StandardCharsets.UTF_8);
        } catch (DmTapeException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException e) {
            throw new UncheckedIOException(failed(String.valueOf(e.getMessage())));
        }
    }

    /// The next line that counts. `wanted` is what it is needed for.
    private String next(String wanted) throws DmTapeException {
        if (failure != null) {
            throw failure;
        }
        if (closed) {
            throw failed("is closed: " + wanted);
        }
        String line = line();
        while (line != null && (line.isEmpty() || line.startsWith("#"))) {
            line = line();
        }
        if (line == null) {
            throw failed("the record is cut off here: " + wanted);
        }
        if (line.equals(RecordText.END) && wanted.startsWith("asked")) {
            throw failed("the record is used up: " + wanted);
        }
        return line;
    }

    /// The next line as it is; null where none is, or one without its end.
    private @Nullable String line() {
        final int newline = text.indexOf('\n', at);
        lineNr++;
        if (newline < 0) {
            return null;
        }
        final String line = text.substring(at, newline);
        at = newline + 1;
        return line;
    }

    private DmTapeException failed(String what) {
        final DmTapeException e = new DmTapeException(path + ": line " + lineNr + ": " + what);
        failure = e;
        return e;
    }

    @Override
    public synchronized void close() throws DmTapeException {
        if (closed) {
            return;
        }
        try {
            final String line = next("its end");
            if (!line.equals(RecordText.END)) {
                final String[] words = line.split(" ", 4);
                throw failed("was not asked for: " + (words.length < 4 ? cut(line) : shown(words[3], List.of())));
            }
        } finally {
            closed = true;
        }
    }
}
