package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.control.DmStructs.TargetMsg;
import io.dmctl.bindings.control.DmStructs.TargetSpec;
import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.sys.Devno;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes one request into a buffer. The whole buffer is zeroed first: it becomes the reply, and the kernel leaves
/// parts of that as they were.
public final class DmRequestWriter {
    private static final int SECURE_DATA_SINCE = 20;

    private final MemorySegment buffer;
    private long inputBytes = DmHeader.BYTES;

    DmRequestWriter(MemorySegment buffer, DmCommand command) {
        this.buffer = buffer;
        buffer.fill((byte) 0);
        Ioctl.data_size(buffer, (int) buffer.byteSize());
        Ioctl.data_start(buffer, DmHeader.BYTES);
        needs(0);
        needs(command.sinceMinor());
        if (command.carriesSecrets()) {
            needs(SECURE_DATA_SINCE);
            flag(Dm.DM_SECURE_DATA_FLAG(), true);
        }
    }

    /// How much of the buffer is input.
    long inputBytes() {
        return inputBytes;
    }

    /// The request says the least interface version that has all it uses, so that an older kernel takes the others.
    void needs(int minor) {
        final int known = DmHeader.version(buffer).minor();
        DmHeader.version(buffer, new DmVersion(4, Math.max(known, minor), 0));
    }

    void flag(int flag, boolean on) {
        DmHeader.set(buffer, flag, on);
    }

    void id(DmId id) {
        // Not a switch over patterns: its bootstrap costs a short command more than the ioctl does.
        if (id instanceof DmId.ByName n) {
            name(n.name().bytes());
        } else if (id instanceof DmId.ByUuid u) {
            uuid(u.uuid());
        } else if (id instanceof DmId.ByDevno d) {
            Ioctl.dev(buffer, d.devno().encode());
        }
    }

    void name(byte[] name) {
        DmHeader.name(buffer, name);
    }

    void uuid(DmUuid uuid) {
        DmHeader.uuid(buffer, uuid.bytes());
    }

    void persistentMinor(int minor) {
        flag(Dm.DM_PERSISTENT_DEV_FLAG(), true);
        Ioctl.dev(buffer, new Devno(0, minor).encode());
    }

    void eventNr(int eventNr) {
        Ioctl.event_nr(buffer, eventNr);
    }

    void string(byte[] text) {
        inputBytes = copy(text, DmHeader.BYTES);
    }

    void message(long sector, byte[] message) {
        buffer.set(JAVA_LONG, DmHeader.BYTES + TargetMsg.SECTOR, sector);
        inputBytes = copy(message, DmHeader.BYTES + TargetMsg.MESSAGE);
    }

    void table(List<DmTableLine> lines) {
        Ioctl.target_count(buffer, lines.size());
        long at = DmHeader.BYTES;
        for (DmTableLine line : lines) {
            buffer.set(JAVA_LONG, at + TargetSpec.SECTOR_START, line.startSector());
            buffer.set(JAVA_LONG, at + TargetSpec.LENGTH, line.lenSectors());
            copy(line.type().getBytes(StandardCharsets.UTF_8), at + TargetSpec.TARGET_TYPE);
            final long end = Payload.align8(copy(params(line), at + TargetSpec.SIZEOF));
            // In a request `next` counts from this spec; in a reply it counts from the first.
            buffer.set(JAVA_INT, at + TargetSpec.NEXT, (int) (end - at));
            at = end;
        }
        inputBytes = at;
    }

    static long tableBytes(List<DmTableLine> lines) {
        long bytes = 0;
        for (DmTableLine line : lines) {
            bytes += Payload.align8(TargetSpec.SIZEOF + params(line).length + 1);
        }
        return bytes;
    }

    /// The kernel's splitting of words takes `\` as an escape, so that libdm, and a dmctl user who knows dmsetup,
    /// writes one `\` for one: each is doubled on the way. Messages are not doubled, there as here.
    private static byte[] params(DmTableLine line) {
        return line.params().replace("\\", "\\\\").getBytes(StandardCharsets.UTF_8);
    }

    private long copy(byte[] text, long at) {
        MemorySegment.copy(text, 0, buffer, JAVA_BYTE, at, text.length);
        buffer.set(JAVA_BYTE, at + text.length, (byte) 0);
        return at + text.length + 1;
    }
}
