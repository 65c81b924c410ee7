package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.control.DmStructs.NameList;
import io.dmctl.bindings.control.DmStructs.TargetDeps;
import io.dmctl.bindings.control.DmStructs.TargetSpec;
import io.dmctl.bindings.control.DmStructs.TargetVersions;
import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.sys.Devno;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes the reply to a [DmRequest] into the request's buffer as the kernel would: `data_size` is 305 without payload,
/// `data_start` is set only with one, and what does not fit sets BUFFER_FULL. At most one of the payload methods is
/// called.
///
/// Kernel: drivers/md/dm-ioctl.c, `__dev_status()`, `get_result_buffer()` and the functions that each method names.
public final class DmReplyWriter {
    private static final int STATE_FLAGS =
            Dm.DM_SUSPEND_FLAG() | Dm.DM_READONLY_FLAG() | Dm.DM_ACTIVE_PRESENT_FLAG() | Dm.DM_INTERNAL_SUSPEND_FLAG();

    private final DmRequest request;
    private final MemorySegment buffer;
    private final long capacity;

    /// The request's payload is gone from here on.
    public DmReplyWriter(DmRequest request) {
        this.request = request;
        this.buffer = request.buffer();
        if (request.command() == DmCommand.VERSION) {
            this.capacity = DmHeader.MIN_BYTES;
            return;
        }
        this.capacity = request.command().headerOnly() ? DmHeader.MIN_BYTES : DmHeader.dataSize(buffer);
        Ioctl.data_size(buffer, DmHeader.MIN_BYTES);
    }

    /// How many bytes of the buffer go back to the client.
    public long replyBytes() {
        return Math.max(DmHeader.VERSION_BYTES, Math.min(DmHeader.dataSize(buffer), capacity));
    }

    /// The device's state. A rename leaves name, uuid and the inactive flag as the request had them.
    public DmReplyWriter info(DmDeviceInfo info) {
        int flags = Ioctl.flags(buffer) & ~STATE_FLAGS;
        flags |= info.flags() & (STATE_FLAGS | Dm.DM_DEFERRED_REMOVE());
        if (request.command() != DmCommand.DEV_RENAME) {
            flags &= ~Dm.DM_INACTIVE_PRESENT_FLAG();
            flags |= info.flags() & Dm.DM_INACTIVE_PRESENT_FLAG();
            DmHeader.name(buffer, info.name().bytes());
            DmHeader.uuid(buffer, info.uuid().map(DmUuid::bytes).orElse(new byte[0]));
        }
        Ioctl.flags(buffer, flags);
        Ioctl.dev(buffer, info.devno().encode());
        Ioctl.open_count(buffer, info.openCount());
        Ioctl.event_nr(buffer, info.eventNr());
        Ioctl.target_count(buffer, info.targetCount());
        return this;
    }

    /// DEV_REMOVE: gone, or marked to go when it is closed.
    public void removed(boolean deferred) {
        DmHeader.set(buffer, Dm.DM_DEFERRED_REMOVE(), deferred);
    }

    /// REMOVE_ALL and DEV_SET_GEOMETRY answer nothing at all.
    public void nothing() {
        Ioctl.data_size(buffer, 0);
    }

    /// TABLE_STATUS and DEV_WAIT, after [#info]: `retrieve_status()`. Call it only when the asked table is there.
    public void status(List<DmStatusLine> lines) {
        final long start = resultBuffer();
        final long len = capacity - start;
        long at = 0;
        for (DmStatusLine line : lines) {
            final long specAt = at;
            final byte[] text = line.text().getBytes(StandardCharsets.UTF_8);
            final long end = specAt + TargetSpec.SIZEOF + text.length + 1;
            // The kernel cannot tell a text that just fits from one that was cut, and so takes it for cut.
            if (end >= len) {
                full();
                break;
            }
            spec(start + specAt, line, text);
            Ioctl.data_size(buffer, (int) (start + end));
            at = Payload.align8(end);
            if (at > len) {
                full();
                break;
            }
            buffer.set(JAVA_INT, start + specAt + TargetSpec.NEXT, (int) at);
        }
        Ioctl.target_count(buffer, lines.size());
    }

    private void spec(long at, DmStatusLine line, byte[] text) {
        buffer.set(JAVA_LONG, at + TargetSpec.SECTOR_START, line.startSector());
        buffer.set(JAVA_LONG, at + TargetSpec.LENGTH, line.lenSectors());
        buffer.set(JAVA_INT, at + TargetSpec.STATUS, 0);
        targetType(at + TargetSpec.TARGET_TYPE, line.type());
        string(text, at + TargetSpec.SIZEOF);
    }

    private void targetType(long at, String type) {
        final MemorySegment field = buffer.asSlice(at, Dm.DM_MAX_TYPE_NAME());
        field.fill((byte) 0);
        final byte[] bytes = type.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(bytes, 0, field, JAVA_BYTE, 0, Math.min(bytes.length, Dm.DM_MAX_TYPE_NAME() - 1));
    }

    /// LIST_DEVICES: `list_devices()`. `devices` are in the order of their names, filtered by [DmRequest#lists].
    public void devices(List<DmListedDevice> devices) {
        final boolean withUuids = request.has(Dm.DM_UUID_FLAG());
        long needed = 0;
        for (DmListedDevice device : devices) {
            needed += entryBytes(device, withUuids);
        }
        final long start = resultBuffer();
        final long len = capacity - start;
        if (len < needed || len < Long.BYTES) {
            full();
            return;
        }
        Ioctl.data_size(buffer, (int) (start + needed));
        buffer.set(JAVA_LONG, start + NameList.DEV, 0);
        long at = start;
        for (int i = 0; i < devices.size(); i++) {
            final long bytes = entryBytes(devices.get(i), withUuids);
            buffer.set(JAVA_INT, at + NameList.NEXT, i + 1 < devices.size() ? (int) bytes : 0);
            entry(devices.get(i), at, withUuids);
            at += bytes;
        }
    }

    private static long entryBytes(DmListedDevice device, boolean withUuids) {
        final long uuid = withUuids && device.uuid().isPresent()
                ? Payload.align8(device.uuid().get().bytes().length + 1L)
                : 0;
        return Payload.align8(NameList.NAME + device.name().bytes().length + 1) + 2 * Integer.BYTES + uuid;
    }

    private void entry(DmListedDevice device, long at, boolean withUuids) {
        buffer.set(JAVA_LONG, at + NameList.DEV, device.devno().encode());
        final long event = Payload.align8(string(device.name().bytes(), at + NameList.NAME));
        buffer.set(JAVA_INT, event, device.eventNr());
        int flags = 0;
        if (withUuids && device.uuid().isPresent()) {
            flags = Dm.DM_NAME_LIST_FLAG_HAS_UUID();
            string(device.uuid().get().bytes(), event + 2 * Integer.BYTES);
        } else if (withUuids) {
            flags = Dm.DM_NAME_LIST_FLAG_DOESNT_HAVE_UUID();
        }
        buffer.set(JAVA_INT, event + Integer.BYTES, flags);
    }

    /// LIST_VERSIONS and GET_TARGET_VERSION: `__list_versions()`, which counts up to 7 bytes an entry too many.
    public void versions(List<DmTargetVersion> versions) {
        long needed = 0;
        for (DmTargetVersion v : versions) {
            needed += TargetVersions.SIZEOF + v.name().getBytes(StandardCharsets.UTF_8).length + 1 + 7;
        }
        final long start = resultBuffer();
        if (capacity - start < needed) {
            full();
            return;
        }
        Ioctl.data_size(buffer, (int) (start + needed));
        long at = start;
        for (int i = 0; i < versions.size(); i++) {
            final DmTargetVersion v = versions.get(i);
            final long version = at + TargetVersions.VERSION;
            buffer.set(JAVA_INT, version, v.version().major());
            buffer.set(JAVA_INT, version + 4, v.version().minor());
            buffer.set(JAVA_INT, version + 8, v.version().patchlevel());
            final byte[] name = v.name().getBytes(StandardCharsets.UTF_8);
            final long next = Payload.align8(string(name, at + TargetVersions.NAME));
            buffer.set(JAVA_INT, at + TargetVersions.NEXT, i + 1 < versions.size() ? (int) (next - at) : 0);
            at = next;
        }
    }

    /// TABLE_DEPS, after [#info]: `retrieve_deps()`. Call it only when the asked table is there.
    public void deps(List<Devno> deps) {
        final long start = resultBuffer();
        final long needed = TargetDeps.DEV + (long) deps.size() * Long.BYTES;
        if (capacity - start < needed) {
            full();
            return;
        }
        buffer.set(JAVA_INT, start + TargetDeps.COUNT, deps.size());
        for (int i = 0; i < deps.size(); i++) {
            buffer.set(
                    JAVA_LONG,
                    start + TargetDeps.DEV + (long) i * Long.BYTES,
                    deps.get(i).encode());
        }
        Ioctl.data_size(buffer, (int) (start + needed));
    }

    /// TARGET_MSG with an answer, after [#info]: `target_message()`.
    public void dataOut(String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final long start = resultBuffer();
        DmHeader.set(buffer, Dm.DM_DATA_OUT_FLAG(), true);
        // One byte must be left over: dm_message_test_buffer_overflow().
        if (bytes.length + 1L >= capacity - start) {
            full();
            return;
        }
        Ioctl.data_size(buffer, (int) string(bytes, start));
    }

    private long resultBuffer() {
        final long start = Math.min(DmHeader.BYTES, capacity);
        Ioctl.data_start(buffer, (int) start);
        return start;
    }

    private void full() {
        DmHeader.set(buffer, Dm.DM_BUFFER_FULL_FLAG(), true);
    }

    private long string(byte[] text, long at) {
        MemorySegment.copy(text, 0, buffer, JAVA_BYTE, at, text.length);
        buffer.set(JAVA_BYTE, at + text.length, (byte) 0);
        return at + text.length + 1;
    }
}
