package io.dmctl.bindings.control;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The lines of a record, written; [RecordReply] reads them.
final class RecordText {
    static final String NAME = "dmctl-record ";
    static final String FIRST = NAME + "1";
    static final String SEEN = "seen ";
    static final String REQUEST = "request ";
    static final String REPLY = "reply ";
    static final String END = "end";
    /// `data_size` is that of the buffer.
    static final String WHOLE = "buffer";
    /// By their bits. Kernel: include/uapi/linux/dm-ioctl.h `DM_*_FLAG`
    static final String[] FLAGS = {
        "READONLY",
        "SUSPEND",
        "EXISTS",
        "PERSISTENT_DEV",
        "STATUS_TABLE",
        "ACTIVE_PRESENT",
        "INACTIVE_PRESENT",
        "BIT7",
        "BUFFER_FULL",
        "SKIP_BDGET",
        "SKIP_LOCKFS",
        "NOFLUSH",
        "QUERY_INACTIVE_TABLE",
        "UEVENT_GENERATED",
        "UUID",
        "SECURE_DATA",
        "DATA_OUT",
        "DEFERRED_REMOVE",
        "INTERNAL_SUSPEND",
        "IMA_MEASUREMENT",
    };

    private RecordText() {}

    /// What of a request is compared: the command and its fields.
    static String request(int command, MemorySegment buffer, RecordPayload payload, DmAttachments attachments) {
        final StringBuilder out = new StringBuilder(DmCommand.nameOf(command));
        header(out, buffer, command == DmCommand.DEV_WAIT.nr());
        text(out, "payload", payload.hex());
        for (DeviceDescriptor device : attachments.devices()) {
            field(out, "device", escaped(device.word()));
        }
        for (String option : attachments.options()) {
            field(out, "option", escaped(option));
        }
        return out.toString();
    }

    /// The answer in `buffer`.
    static String reply(int command, MemorySegment buffer, RecordPayload payload) {
        final StringBuilder out = new StringBuilder(REPLY).append("0 ok ").append(DmHeader.version(buffer));
        if (command == DmCommand.VERSION.nr()) {
            return out.toString(); // it writes nothing else
        }
        header(out, buffer, true);
        number(out, "open_count", Ioctl.open_count(buffer));
        final long size = DmHeader.dataSize(buffer);
        if (size != DmHeader.MIN_BYTES) {
            field(out, "data_size", size == buffer.byteSize() ? WHOLE : Long.toString(size));
        }
        text(out, "payload", payload.hex());
        return out.toString();
    }

    /// Of a command that failed only the version is in `buffer`.
    static String failed(DmOutcome outcome, MemorySegment buffer) {
        final StringBuilder out = new StringBuilder(REPLY)
                .append(outcome.errno())
                .append(' ')
                .append(escaped(Errno.name(outcome.errno())))
                .append(' ')
                .append(DmHeader.version(buffer));
        if (outcome.reason() != null) {
            field(out, "reason", escaped(outcome.reason()));
        }
        if (outcome.line() >= 0) {
            field(out, "line", Integer.toString(outcome.line()));
        }
        if (outcome.argument() >= 0) {
            field(out, "argument", Integer.toString(outcome.argument()));
        }
        return out.toString();
    }

    private static void header(StringBuilder out, MemorySegment buffer, boolean eventNr) {
        final StringBuilder flags = new StringBuilder();
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if (DmHeader.has(buffer, 1 << bit)) {
                flags.append(flags.isEmpty() ? "" : ",").append(bit < FLAGS.length ? FLAGS[bit] : "BIT" + bit);
            }
        }
        text(out, "flags", flags.toString());
        number(out, "target_count", Ioctl.target_count(buffer));
        number(out, "event_nr", eventNr ? Ioctl.event_nr(buffer) : 0);
        final long dev = Ioctl.dev(buffer);
        if (dev != 0) {
            field(out, "dev", dev(dev));
        }
        text(out, "name", escaped(DmHeader.name(buffer)));
        text(out, "uuid", escaped(DmHeader.uuid(buffer)));
        if (DmHeader.dataStart(buffer) != DmHeader.BYTES) {
            field(out, "data_start", Long.toString(DmHeader.dataStart(buffer)));
        }
    }

    private static String dev(long dev) {
        final Devno devno = Devno.decode(dev);
        return devno.encode() == dev ? devno.toString() : "0x" + Long.toHexString(dev);
    }

    private static void number(StringBuilder out, String name, int value) {
        if (value != 0) {
            field(out, name, Integer.toUnsignedString(value));
        }
    }

    private static void text(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            field(out, name, value);
        }
    }

    private static void field(StringBuilder out, String name, String value) {
        out.append(' ').append(name).append('=').append(value);
    }

    static String escaped(String text) {
        return escaped(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(byte[] bytes) {
        final StringBuilder out = new StringBuilder();
        for (byte b : bytes) {
            if (b > ' ' && b < 0x7f && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HexFormat.of().toHexDigits(b));
            }
        }
        return out.toString();
    }

    /// @throws IllegalArgumentException when it is nothing that was escaped
    static byte[] unescaped(String word) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < word.length(); at++) {
            final char c = word.charAt(at);
            if (c != '%') {
                out.write(c);
            } else if (at + 2 < word.length()) {
                out.write(HexFormat.fromHexDigits(word, at + 1, at + 3));
                at += 2;
            } else {
                throw new IllegalArgumentException("'%' at the end of " + word);
            }
        }
        return out.toByteArray();
    }

    /// Whatever it has of line ends and the like, as `\x0a`.
    static String onOneLine(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        final StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                out.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }
}
