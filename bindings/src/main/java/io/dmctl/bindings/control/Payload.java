package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Reads of bytes that somebody else wrote: every one is checked against the end, and none trusts a length.
record Payload(MemorySegment bytes, int errno) {
    int u32(long at) throws DmProtocolException {
        check(at, Integer.BYTES);
        return bytes.get(JAVA_INT_UNALIGNED, at);
    }

    long u64(long at) throws DmProtocolException {
        check(at, Long.BYTES);
        return bytes.get(JAVA_LONG_UNALIGNED, at);
    }

    /// The bytes from `at` to the first NUL before `limit`.
    byte[] string(long at, long limit, String what) throws DmProtocolException {
        final long to = Math.min(limit, bytes.byteSize());
        for (long end = at; end >= 0 && end < to; end++) {
            if (bytes.get(JAVA_BYTE, end) == 0) {
                return bytes.asSlice(at, end - at).toArray(JAVA_BYTE);
            }
        }
        throw new DmProtocolException(errno, what + " is not NUL-terminated");
    }

    private void check(long at, long length) throws DmProtocolException {
        if (at < 0 || at > bytes.byteSize() - length) {
            throw new DmProtocolException(
                    errno, "offset " + at + " is outside the " + bytes.byteSize() + " bytes that were sent");
        }
    }

    /// C: `align_val()`: dm aligns everything to 8 bytes.
    static long align8(long n) {
        return (n + 7) & ~7L;
    }
}
