package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.control.DmStructs.TargetMsg;
import io.dmctl.bindings.control.DmStructs.TargetSpec;
import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.sys.Errno;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// What stands behind the header of a request or of a reply, as a record has it: a copy with zeros for keys.
/// What should be a table or a message and cannot be read as one is zeros as a whole.
///
/// @param hex the bytes
/// @param notes the same for a reader, without keys, a line each
record RecordPayload(String hex, List<String> notes) {
    private static final RecordPayload NONE = new RecordPayload("", List.of());

    static RecordPayload ofRequest(int command, MemorySegment buffer, long inputBytes) {
        final long start = start(buffer);
        if (start >= inputBytes) {
            return NONE;
        }
        final byte[] bytes = buffer.asSlice(start, inputBytes - start).toArray(JAVA_BYTE);
        final List<String> notes = new ArrayList<>();
        final DmCommand known = DmCommand.of(command);
        if (known == DmCommand.TABLE_LOAD) {
            hideIn(bytes, Integer.toUnsignedLong(Ioctl.target_count(buffer)), true, notes);
        } else if (known == DmCommand.TARGET_MSG) {
            hideMessage(bytes, notes);
        } else if (known == DmCommand.DEV_RENAME || known == DmCommand.DEV_SET_GEOMETRY) {
            notes.add(RawText.display(RawText.ofBytes(string(bytes, 0))));
        }
        return new RecordPayload(HexFormat.of().formatHex(bytes), notes);
    }

    static RecordPayload ofReply(int command, MemorySegment buffer) {
        final long start = start(buffer);
        final long end = Math.min(DmHeader.dataSize(buffer), buffer.byteSize());
        final DmCommand known = DmCommand.of(command);
        // A load answers nothing: what stands there is the table that was sent.
        if (start >= end
                || known == DmCommand.TABLE_LOAD
                || (known == DmCommand.TARGET_MSG && !DmHeader.has(buffer, Dm.DM_DATA_OUT_FLAG()))) {
            return NONE;
        }
        final byte[] bytes = buffer.asSlice(start, end - start).toArray(JAVA_BYTE);
        final List<String> notes = new ArrayList<>();
        if (known == DmCommand.TABLE_STATUS || known == DmCommand.DEV_WAIT) {
            hideIn(bytes, Integer.toUnsignedLong(Ioctl.target_count(buffer)), false, notes);
        } else if (known != null) {
            addAnswer(known, buffer, notes);
        }
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return new RecordPayload(HexFormat.of().formatHex(bytes, 0, length), notes);
    }

    private static long start(MemorySegment buffer) {
        return Math.max(DmHeader.dataStart(buffer), DmHeader.MIN_BYTES);
    }

    /// `bytes` are specs; where the next one begins a request counts from the present one, a reply from the
    /// first.
    private static void hideIn(byte[] bytes, long count, boolean fromPresent, List<String> notes) {
        final Payload specs = new Payload(MemorySegment.ofArray(bytes), Errno.EPROTO);
        long at = 0;
        try {
            for (long i = 0; i < count; i++) {
                final long text = at + TargetSpec.SIZEOF;
                final String type = RawText.ofBytes(specs.string(at + TargetSpec.TARGET_TYPE, text, "target type"));
                final String params = RawText.ofBytes(specs.string(text, bytes.length, "target parameters"));
                final String hidden = KeyMask.hide(type, params);
                overwrite(bytes, (int) text, hidden);
                final String line = Long.toUnsignedString(specs.u64(at + TargetSpec.SECTOR_START)) + " "
                        + Long.toUnsignedString(specs.u64(at + TargetSpec.LENGTH)) + " " + type + " " + hidden;
                notes.add(RawText.display(line));
                final long next = Integer.toUnsignedLong(specs.u32(at + TargetSpec.NEXT));
                at = fromPresent ? at + next : next;
                if (at < text && i + 1 < count) {
                    throw new DmProtocolException(Errno.EPROTO, "target overlaps the next");
                }
            }
        } catch (DmProtocolException e) {
            Arrays.fill(bytes, (byte) 0);
            notes.clear();
            notes.add("not readable, and so not recorded: " + e.getMessage());
        }
    }

    private static void hideMessage(byte[] bytes, List<String> notes) {
        final int at = (int) TargetMsg.MESSAGE;
        if (bytes.length <= at) {
            Arrays.fill(bytes, (byte) 0);
            return;
        }
        final String hidden = KeyMask.hideMessage(RawText.ofBytes(string(bytes, at)));
        overwrite(bytes, at, hidden);
        // Behind its end nothing is sent.
        Arrays.fill(bytes, at + hidden.length(), bytes.length, (byte) 0);
        final long sector = MemorySegment.ofArray(bytes).get(JAVA_LONG_UNALIGNED, TargetMsg.SECTOR);
        notes.add(Long.toUnsignedString(sector) + " " + RawText.display(hidden));
    }

    private static void addAnswer(DmCommand command, MemorySegment buffer, List<String> notes) {
        try {
            final DmReplyReader reply = new DmReplyReader(buffer);
            final List<?> lines = switch (command) {
                case LIST_DEVICES ->
                    reply.devices().stream()
                            .map(device -> device.name() + " " + device.devno())
                            .toList();
                case LIST_VERSIONS, GET_TARGET_VERSION ->
                    reply.versions().stream()
                            .map(target -> target.name() + " " + target.version())
                            .toList();
                case TABLE_DEPS -> reply.deps();
                case TARGET_MSG -> reply.dataOut().stream().toList();
                default -> List.of();
            };
            lines.forEach(line -> notes.add(line.toString()));
        } catch (DmProtocolException e) {
            notes.add("not readable: " + e.getMessage());
        }
    }

    private static byte[] string(byte[] bytes, int from) {
        int end = from;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(bytes, from, end);
    }

    /// As long as what it takes the place of.
    private static void overwrite(byte[] bytes, int at, String raw) {
        final byte[] by = RawText.bytes(raw);
        System.arraycopy(by, 0, bytes, at, by.length);
    }
}
