package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.sys.Sys;
import java.lang.foreign.MemorySegment;

/// The fields of `struct dm_ioctl` in a buffer of at least [#MIN_BYTES], aligned to 8.
final class DmHeader {
    /// C: `offsetof(struct dm_ioctl, data)`: the least that the kernel takes, and all that a reply without payload has.
    static final int MIN_BYTES = 305;
    /// C: `sizeof(struct dm_ioctl)`: where a payload begins.
    static final int BYTES = 312;
    static final int VERSION_BYTES = 12;
    static final int NAME_BYTES = 128;
    static final int UUID_BYTES = 129;

    private DmHeader() {}

    static DmVersion version(MemorySegment b) {
        return new DmVersion(Ioctl.version(b, 0), Ioctl.version(b, 1), Ioctl.version(b, 2));
    }

    static void version(MemorySegment b, DmVersion v) {
        Ioctl.version(b, 0, v.major());
        Ioctl.version(b, 1, v.minor());
        Ioctl.version(b, 2, v.patchlevel());
    }

    /// Unsigned in C; as `long` it keeps its value.
    static long dataSize(MemorySegment b) {
        return Integer.toUnsignedLong(Ioctl.data_size(b));
    }

    static long dataStart(MemorySegment b) {
        return Integer.toUnsignedLong(Ioctl.data_start(b));
    }

    static boolean has(MemorySegment b, int flag) {
        return (Ioctl.flags(b) & flag) != 0;
    }

    static void set(MemorySegment b, int flag, boolean on) {
        final int flags = Ioctl.flags(b);
        Ioctl.flags(b, on ? flags | flag : flags & ~flag);
    }

    static byte[] name(MemorySegment b) {
        final long at = Ioctl.NAME;
        return Sys.bytesToNul(b, at, at + NAME_BYTES - 1);
    }

    static byte[] uuid(MemorySegment b) {
        final long at = Ioctl.UUID;
        return Sys.bytesToNul(b, at, at + UUID_BYTES - 1);
    }

    static void name(MemorySegment b, byte[] name) {
        field(b.asSlice(Ioctl.NAME, NAME_BYTES), name);
    }

    static void uuid(MemorySegment b, byte[] uuid) {
        field(b.asSlice(Ioctl.UUID, UUID_BYTES), uuid);
    }

    private static void field(MemorySegment field, byte[] text) {
        if (text.length >= field.byteSize()) {
            throw new IllegalArgumentException(text.length + " bytes in a field of " + field.byteSize());
        }
        field.fill((byte) 0);
        MemorySegment.copy(text, 0, field, JAVA_BYTE, 0, text.length);
    }
}
