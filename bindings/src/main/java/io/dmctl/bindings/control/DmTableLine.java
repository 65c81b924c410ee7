package io.dmctl.bindings.control;

import java.nio.charset.StandardCharsets;

/// One target of a table. Sectors are 512 bytes and unsigned 64-bit, as in the kernel; whether lines overlap, leave
/// gaps or have no length is judged by whoever loads the table.
public record DmTableLine(long startSector, long lenSectors, String type, String params) {
    /// C: `DM_MAX_TYPE_NAME` less the NUL.
    public static final int MAX_TYPE_BYTES = 15;

    /// @throws IllegalArgumentException when `type` has not 1 to 15 bytes, or a text has a NUL
    public DmTableLine {
        final int typeBytes = type.getBytes(StandardCharsets.UTF_8).length;
        if (typeBytes == 0 || typeBytes > MAX_TYPE_BYTES) {
            throw new IllegalArgumentException(
                    "target type must have 1 to " + MAX_TYPE_BYTES + " bytes, has " + typeBytes + ": " + type);
        }
        if (type.indexOf('\0') >= 0 || params.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a table line must not contain NUL");
        }
    }

    /// `START LENGTH TYPE PARAMS`, as in a table.
    @Override
    public String toString() {
        final String head = Long.toUnsignedString(startSector) + " " + Long.toUnsignedString(lenSectors) + " " + type;
        return params.isEmpty() ? head : head + " " + params;
    }
}
