package io.dmctl.bindings.control;

import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.dm.dm_ioctl;
import io.dmctl.bindings.dm.dm_name_list;
import io.dmctl.bindings.dm.dm_target_deps;
import io.dmctl.bindings.dm.dm_target_spec;
import io.dmctl.bindings.dm.dm_target_versions;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one reply. Only `[data_start, data_size)` is payload: outside of it the buffer holds what it held before.
public final class DmReplyReader {
    private final MemorySegment buffer;
    private final Payload payload;

    DmReplyReader(MemorySegment buffer) throws DmProtocolException {
        this.buffer = buffer;
        final long start = DmHeader.dataStart(buffer);
        final long end = DmHeader.dataSize(buffer);
        if (end > buffer.byteSize()) {
            throw new DmProtocolException(
                    Errno.EPROTO, "a reply of " + end + " bytes in a buffer of " + buffer.byteSize());
        }
        final boolean none = start < DmHeader.BYTES || start >= end;
        this.payload = new Payload(none ? MemorySegment.NULL : buffer.asSlice(start, end - start), Errno.EPROTO);
    }

    DmVersion version() {
        return DmHeader.version(buffer);
    }

    DmAck ack() {
        return new DmAck(
                DmHeader.has(buffer, Dm.DM_DEFERRED_REMOVE()), DmHeader.has(buffer, Dm.DM_UEVENT_GENERATED_FLAG()));
    }

    DmDeviceInfo info() throws DmProtocolException {
        final byte[] uuid = DmHeader.uuid(buffer);
        return new DmDeviceInfo(
                name(DmHeader.name(buffer)),
                uuid.length == 0 ? Optional.empty() : Optional.of(DmUuid.ofBytes(uuid)),
                Devno.decode(dm_ioctl.dev(buffer)),
                dm_ioctl.flags(buffer),
                dm_ioctl.open_count(buffer),
                dm_ioctl.event_nr(buffer),
                dm_ioctl.target_count(buffer));
    }

    DmStatus status() throws DmProtocolException {
        final DmDeviceInfo info = info();
        final List<DmStatusLine> lines = new ArrayList<>();
        final long size = payload.bytes().byteSize();
        long at = 0;
        for (int i = 0; size > 0 && i < info.targetCount(); i++) {
            final long type = at + dm_target_spec.target_type$offset();
            final long text = at + dm_target_spec.sizeof();
            lines.add(new DmStatusLine(
                    payload.u64(at + dm_target_spec.sector_start$offset()),
                    payload.u64(at + dm_target_spec.length$offset()),
                    text(payload.string(type, text, "target type")),
                    text(payload.string(text, size, "target status"))));
            // Counted from the first spec, and the last one points behind the end.
            final long next = Integer.toUnsignedLong(payload.u32(at + dm_target_spec.next$offset()));
            if (next < text) {
                throw new DmProtocolException(Errno.EPROTO, "target status " + i + " overlaps the next");
            }
            at = next;
        }
        return new DmStatus(info, lines);
    }

    List<DmListedDevice> devices() throws DmProtocolException {
        final List<DmListedDevice> devices = new ArrayList<>();
        final long size = payload.bytes().byteSize();
        long at = 0;
        // A first entry with device number 0 says that there is none.
        while (size > 0 && (at > 0 || payload.u64(dm_name_list.dev$offset()) != 0 || hasName())) {
            final long next = Integer.toUnsignedLong(payload.u32(at + dm_name_list.next$offset()));
            final long end = next == 0 ? size : Math.min(size, at + next);
            devices.add(device(at, end));
            if (next == 0) {
                break;
            }
            if (next < dm_name_list.name$offset()) {
                throw new DmProtocolException(Errno.EPROTO, "device list entry of " + next + " bytes");
            }
            at += next;
        }
        return devices;
    }

    /// A device of ours has number 0 until its first resume, but it has a name.
    private boolean hasName() throws DmProtocolException {
        final long at = dm_name_list.name$offset();
        return payload.bytes().byteSize() > at
                && payload.string(at, payload.bytes().byteSize(), "device name").length > 0;
    }

    private DmListedDevice device(long at, long end) throws DmProtocolException {
        final long nameAt = at + dm_name_list.name$offset();
        final byte[] name = payload.string(nameAt, end, "device name");
        final long eventAt = Payload.align8(nameAt + name.length + 1);
        final long uuidAt = eventAt + 2 * Integer.BYTES;
        // Interfaces before 4.37 end the entry with the name.
        final boolean hasEvent = uuidAt <= end;
        final boolean hasUuid = hasEvent
                && DmHeader.has(buffer, Dm.DM_UUID_FLAG())
                && (payload.u32(eventAt + Integer.BYTES) & Dm.DM_NAME_LIST_FLAG_HAS_UUID()) != 0;
        return new DmListedDevice(
                name(name),
                Devno.decode(payload.u64(at + dm_name_list.dev$offset())),
                hasEvent ? payload.u32(eventAt) : 0,
                hasUuid ? Optional.of(uuid(payload.string(uuidAt, end, "device uuid"))) : Optional.empty());
    }

    List<DmTargetVersion> versions() throws DmProtocolException {
        final List<DmTargetVersion> versions = new ArrayList<>();
        final long size = payload.bytes().byteSize();
        long at = 0;
        while (size > 0) {
            final long v = at + dm_target_versions.version$offset();
            final DmVersion version = new DmVersion(payload.u32(v), payload.u32(v + 4), payload.u32(v + 8));
            final byte[] name = payload.string(at + dm_target_versions.name$offset(), size, "target name");
            versions.add(new DmTargetVersion(text(name), version));
            final long next = Integer.toUnsignedLong(payload.u32(at + dm_target_versions.next$offset()));
            if (next == 0) {
                break;
            }
            if (next < dm_target_versions.name$offset()) {
                throw new DmProtocolException(Errno.EPROTO, "target list entry of " + next + " bytes");
            }
            at += next;
        }
        return versions;
    }

    List<Devno> deps() throws DmProtocolException {
        final List<Devno> deps = new ArrayList<>();
        if (payload.bytes().byteSize() > 0) {
            final long count = Integer.toUnsignedLong(payload.u32(dm_target_deps.count$offset()));
            for (long i = 0; i < count; i++) {
                deps.add(Devno.decode(payload.u64(dm_target_deps.dev$offset() + i * Long.BYTES)));
            }
        }
        return deps;
    }

    Optional<String> dataOut() throws DmProtocolException {
        return DmHeader.has(buffer, Dm.DM_DATA_OUT_FLAG())
                ? Optional.of(text(payload.string(0, payload.bytes().byteSize(), "message reply")))
                : Optional.empty();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static DmName name(byte[] bytes) throws DmProtocolException {
        try {
            return DmName.ofBytes(bytes);
        } catch (IllegalArgumentException e) {
            throw new DmProtocolException(Errno.EPROTO, String.valueOf(e.getMessage()));
        }
    }

    private static DmUuid uuid(byte[] bytes) throws DmProtocolException {
        try {
            return DmUuid.ofBytes(bytes);
        } catch (IllegalArgumentException e) {
            throw new DmProtocolException(Errno.EPROTO, String.valueOf(e.getMessage()));
        }
    }
}
