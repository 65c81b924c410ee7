package io.dmctl.backend.transport;

import java.nio.charset.StandardCharsets;

/// What a client is told of the device when it connects; it stays so for that connection.
///
/// @param minBlockBytes the logical block: offsets and lengths are multiples of it
@SuppressWarnings("ArrayRecordComponent") // not compared
record NbdExport(byte[] name, long sizeBytes, boolean readOnly, boolean trim, int minBlockBytes, int maxIoBytes) {
    private static final int PREFERRED_BLOCK_BYTES = 4096;

    static NbdExport of(
            String name, long sizeBytes, boolean readOnly, boolean trim, int minBlockBytes, int maxIoBytes) {
        return new NbdExport(
                name.getBytes(StandardCharsets.UTF_8), sizeBytes, readOnly, trim, minBlockBytes, maxIoBytes);
    }

    int preferredBlockBytes() {
        return Math.max(minBlockBytes, PREFERRED_BLOCK_BYTES);
    }

    /// A flush goes through the device, so it covers what was acknowledged on every connection: CAN_MULTI_CONN.
    short transmissionFlags() {
        int flags = NbdProtocol.HAS_FLAGS
                | NbdProtocol.SEND_FLUSH
                | NbdProtocol.SEND_FUA
                | NbdProtocol.SEND_WRITE_ZEROES
                | NbdProtocol.CAN_MULTI_CONN;
        if (readOnly) {
            flags |= NbdProtocol.READ_ONLY;
        }
        if (trim) {
            flags |= NbdProtocol.SEND_TRIM;
        }
        return (short) flags;
    }
}
