package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.sys.Devno;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// A reply of a record, put into the buffer of who asks. [RecordText] writes it.
final class RecordReply {
    private final Map<String, String> fields = new HashMap<>();
    private final int errno;
    private final DmVersion version;

    /// @param line a whole one, without the newline
    /// @throws IllegalArgumentException when it is no reply
    RecordReply(String line) {
        final String[] words = line.split(" ", -1);
        if (words.length < 4) {
            throw new IllegalArgumentException("a word is missing");
        }
        errno = Integer.parseInt(words[1]);
        final String[] numbers = words[3].split("\\.", -1);
        if (errno < 0 || numbers.length != 3) {
            throw new IllegalArgumentException(errno < 0 ? "errno " + errno : "interface " + words[3]);
        }
        version = new DmVersion(
                Integer.parseUnsignedInt(numbers[0]),
                Integer.parseUnsignedInt(numbers[1]),
                Integer.parseUnsignedInt(numbers[2]));
        for (String word : List.of(words).subList(4, words.length)) {
            final int equals = word.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("no field: " + word);
            }
            fields.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    /// As the engine would have left the buffer, as far as a caller may look at it.
    ///
    /// @throws IllegalArgumentException when a field has no such value, or the answer does not fit
    DmOutcome answer(int command, MemorySegment buffer) {
        DmHeader.version(buffer, version);
        if (errno != 0) {
            final String reason = fields.get("reason");
            return new DmOutcome(errno, reason == null ? null : text(reason), index("line"), index("argument"));
        }
        if (command != DmCommand.VERSION.nr()) {
            header(buffer);
            payload(buffer);
        }
        return DmOutcome.OK;
    }

    private void header(MemorySegment buffer) {
        int flags = 0;
        for (String flag : fields.getOrDefault("flags", "").split(",", -1)) {
            flags |= flag.isEmpty() ? 0 : 1 << bit(flag);
        }
        Ioctl.flags(buffer, flags);
        Ioctl.target_count(buffer, number("target_count", 0));
        Ioctl.open_count(buffer, number("open_count", 0));
        Ioctl.event_nr(buffer, number("event_nr", 0));
        final String dev = fields.getOrDefault("dev", "0:0");
        Ioctl.dev(
                buffer,
                dev.startsWith("0x")
                        ? Long.parseUnsignedLong(dev, 2, dev.length(), 16)
                        : Devno.parse(dev).encode());
        DmHeader.name(buffer, RecordText.unescaped(fields.getOrDefault("name", "")));
        DmHeader.uuid(buffer, RecordText.unescaped(fields.getOrDefault("uuid", "")));
        Ioctl.data_start(buffer, number("data_start", DmHeader.BYTES));
        final String size = fields.getOrDefault("data_size", "");
        Ioctl.data_size(
                buffer,
                size.equals(RecordText.WHOLE) ? (int) buffer.byteSize() : number("data_size", DmHeader.MIN_BYTES));
    }

    private static int bit(String flag) {
        final int known = List.of(RecordText.FLAGS).indexOf(flag);
        final int bit = known >= 0 ? known : flag.startsWith("BIT") ? Integer.parseInt(flag.substring(3)) : -1;
        if (bit < 0 || bit >= Integer.SIZE) {
            throw new IllegalArgumentException("no flag: " + flag);
        }
        return bit;
    }

    private void payload(MemorySegment buffer) {
        final byte[] bytes = HexFormat.of().parseHex(fields.getOrDefault("payload", ""));
        final long start = DmHeader.dataStart(buffer);
        final long end = Math.min(DmHeader.dataSize(buffer), buffer.byteSize());
        if (bytes.length > Math.max(0, end - start)) {
            throw new IllegalArgumentException(
                    bytes.length + " bytes from " + start + " in a reply that ends at " + end);
        }
        if (start < end) {
            buffer.asSlice(start, end - start).fill((byte) 0);
            MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, start, bytes.length);
        }
    }

    private int number(String field, int otherwise) {
        final String value = fields.get(field);
        return value == null ? otherwise : Integer.parseUnsignedInt(value);
    }

    private int index(String field) {
        return number(field, -1);
    }

    private static String text(String word) {
        return new String(RecordText.unescaped(word), StandardCharsets.UTF_8);
    }
}
