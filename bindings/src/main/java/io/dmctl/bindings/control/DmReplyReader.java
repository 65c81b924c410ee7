package io.dmctl.bindings.control;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.control.DmStructs.NameList;
import io.dmctl.bindings.control.DmStructs.TargetDeps;
import io.dmctl.bindings.control.DmStructs.TargetSpec;
import io.dmctl.bindings.control.DmStructs.TargetVersions;
import io.dmctl.bindings.dm.Dm;
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
                Devno.decode(Ioctl.dev(buffer)),
                Ioctl.flags(buffer),
                Ioctl.open_count(buffer),
                Ioctl.event_nr(buffer),
                Ioctl.target_count(buffer));
    }

    DmStatus status() throws DmProtocolException {
        final DmDeviceInfo info = info();
        final List<DmStatusLine> lines = new ArrayList<>();
        final long size = payload.bytes().byteSize();
        long at = 0;
        for (int i = 0; size > 0 && i < info.targetCount(); i++) {
            final long type = at + TargetSpec.TARGET_TYPE;
            final long text = at + TargetSpec.SIZEOF;
            lines.add(new DmStatusLine(
                    payload.u64(at + TargetSpec.SECTOR_START),
                    payload.u64(at + TargetSpec.LENGTH),
                    text(payload.string(type, text, "target type")),
                    text(payload.string(text, size, "target status"))));
            // Counted from the first spec, and the last one points behind the end.
            final long next = Integer.toUnsignedLong(payload.u32(at + TargetSpec.NEXT));
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
        while (size > 0 && (at > 0 || payload.u64(NameList.DEV) != 0 || hasName())) {
            final long next = Integer.toUnsignedLong(payload.u32(at + NameList.NEXT));
            final long end = next == 0 ? size : Math.min(size, at + next);
            devices.add(device(at, end));
            if (next == 0) {
                break;
            }
            if (next < NameList.NAME) {
                throw new DmProtocolException(Errno.EPROTO, "device list entry of " + next + " bytes");
            }
            at += next;
        }
        return devices;
    }

    /// A device of ours has number 0 until its first resume, but it has a name.
    private boolean hasName() throws DmProtocolException {
        final long at = NameList.NAME;
        return payload.bytes().byteSize() > at
                && payload.string(at, payload.bytes().byteSize(), "device name").length > 0;
    }

    private DmListedDevice device(long at, long end) throws DmProtocolException {
        final long nameAt = at + NameList.NAME;
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
                Devno.decode(payload.u64(at + NameList.DEV)),
                hasEvent ? payload.u32(eventAt) : 0,
                hasUuid ? Optional.of(uuid(payload.string(uuidAt, end, "device uuid"))) : Optional.empty());
    }

    List<DmTargetVersion> versions() throws DmProtocolException {
        final List<DmTargetVersion> versions = new ArrayList<>();
        final long size = payload.bytes().byteSize();
        long at = 0;
        while (size > 0) {
            final long v = at + TargetVersions.VERSION;
            final DmVersion version = new DmVersion(payload.u32(v), payload.u32(v + 4), payload.u32(v + 8));
            final byte[] name = payload.string(at + TargetVersions.NAME, size, "target name");
            versions.add(new DmTargetVersion(text(name), version));
            final long next = Integer.toUnsignedLong(payload.u32(at + TargetVersions.NEXT));
            if (next == 0) {
                break;
            }
            if (next < TargetVersions.NAME) {
                throw new DmProtocolException(Errno.EPROTO, "target list entry of " + next + " bytes");
            }
            at += next;
        }
        return versions;
    }

    List<Devno> deps() throws DmProtocolException {
        final List<Devno> deps = new ArrayList<>();
        if (payload.bytes().byteSize() > 0) {
            final long count = Integer.toUnsignedLong(payload.u32(TargetDeps.COUNT));
            for (long i = 0; i < count; i++) {
                deps.add(Devno.decode(payload.u64(TargetDeps.DEV + i * Long.BYTES)));
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
