package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.dmctl.bindings.sys.UnixSocket;
import java.lang.foreign.MemorySegment;

/// The fixed part of a frame, the same both ways, in the machine's byte order:
///
///     0  u32 magic            4  u16 protocol version   6  u16 command
///     8  u32 errno (reply)   12  u32 body bytes        16  u32 capacity (request)
///     20 u32 TLV bytes       24  u16 descriptors       26  u16 kind: 0 request, 1 reply
///     28 s32 table line      32  s32 argument          36  u32 zero
///
/// The body and then the TLVs follow. The descriptors come with the first byte.
record FrameHeader(
        boolean reply,
        int command,
        int errno,
        int bodyBytes,
        int capacity,
        int tlvBytes,
        int descriptors,
        int line,
        int argument) {
    static final int BYTES = 40;
    /// `dmct` in a hex dump of a little-endian machine.
    static final int MAGIC = 0x74636d64;
    static final int PROTOCOL = 1;
    static final int MAX_BODY_BYTES = 64 << 20;
    static final int MAX_TLV_BYTES = 1 << 20;

    void write(MemorySegment to) {
        to.set(JAVA_INT, 0, MAGIC);
        to.set(JAVA_SHORT, 4, (short) PROTOCOL);
        to.set(JAVA_SHORT, 6, (short) command);
        to.set(JAVA_INT, 8, errno);
        to.set(JAVA_INT, 12, bodyBytes);
        to.set(JAVA_INT, 16, capacity);
        to.set(JAVA_INT, 20, tlvBytes);
        to.set(JAVA_SHORT, 24, (short) descriptors);
        to.set(JAVA_SHORT, 26, (short) (reply ? 1 : 0));
        to.set(JAVA_INT, 28, line);
        to.set(JAVA_INT, 32, argument);
        to.set(JAVA_INT, 36, 0);
    }

    /// @throws MalformedFrameException for anything that a peer of this protocol does not send
    static FrameHeader read(MemorySegment from, boolean reply) throws MalformedFrameException {
        check("magic", from.get(JAVA_INT, 0), MAGIC, MAGIC);
        check("protocol version", u16(from, 4), PROTOCOL, PROTOCOL);
        check("kind", u16(from, 26), reply ? 1 : 0, reply ? 1 : 0);
        final FrameHeader header = new FrameHeader(
                reply,
                u16(from, 6),
                from.get(JAVA_INT, 8),
                from.get(JAVA_INT, 12),
                from.get(JAVA_INT, 16),
                from.get(JAVA_INT, 20),
                u16(from, 24),
                from.get(JAVA_INT, 28),
                from.get(JAVA_INT, 32));
        check("errno", header.errno, 0, reply ? 4095 : 0);
        check("body bytes", header.bodyBytes, 0, MAX_BODY_BYTES);
        check("capacity", header.capacity, reply ? 0 : header.bodyBytes, reply ? 0 : MAX_BODY_BYTES);
        check("TLV bytes", header.tlvBytes, 0, MAX_TLV_BYTES);
        check("descriptors", header.descriptors, 0, UnixSocket.MAX_DESCRIPTORS);
        check("line", header.line, -1, Integer.MAX_VALUE);
        check("argument", header.argument, -1, Integer.MAX_VALUE);
        return header;
    }

    private static int u16(MemorySegment from, long at) {
        return Short.toUnsignedInt(from.get(JAVA_SHORT, at));
    }

    private static void check(String field, int value, int least, int most) throws MalformedFrameException {
        if (value < least || value > most) {
            throw new MalformedFrameException(
                    "frame: " + field + " must be in " + least + ".." + most + ", was " + value);
        }
    }
}
