package io.dmctl.targets.logwrites;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The bytes of the log: a super block, then entries of one header block and their data. A block is a logical
/// block of the device; numbers are little-endian.
///
/// @kernel drivers/md/dm-log-writes.c `struct log_write_super` `struct log_write_entry`
final class LogFormat {
    static final int FLUSH = 1;
    static final int FUA = 1 << 1;
    static final int DISCARD = 1 << 2;
    static final int MARK = 1 << 3;
    static final int METADATA = 1 << 4;

    /// Bytes of a header before the text of a mark.
    private static final int ENTRY_BYTES = 32;

    private static final long MAGIC = 0x6a736677736872L;
    private static final long VERSION = 1;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LogFormat() {}

    /// Fills the first block of `to`.
    static void writeSuper(MemorySegment to, long entries, int blockBytes) {
        to.set(U64, 0, MAGIC);
        to.set(U64, 8, VERSION);
        to.set(U64, 16, entries);
        to.set(U32, 24, blockBytes);
    }

    /// Fills the header block at `offset`; `sector` and `sectors` count blocks. A mark's text comes behind it
    /// by [#writeText].
    static void writeEntry(
            MemorySegment to, long offset, int blockBytes, long sector, long sectors, int flags, int dataLen) {
        to.set(U64, offset, sector);
        to.set(U64, offset + 8, sectors);
        to.set(U64, offset + 16, flags);
        to.set(U64, offset + 24, dataLen);
        for (long at = offset + ENTRY_BYTES; at < offset + blockBytes; at += Long.BYTES) {
            to.set(U64, at, 0);
        }
    }

    /// The text of a mark, cut to what fits with a zero behind it.
    static byte[] markText(byte[] text, int blockBytes) {
        return text.length < blockBytes - ENTRY_BYTES ? text : Arrays.copyOf(text, blockBytes - ENTRY_BYTES - 1);
    }

    static void writeText(MemorySegment to, long offset, byte[] text) {
        MemorySegment.copy(text, 0, to, ValueLayout.JAVA_BYTE, offset + ENTRY_BYTES, text.length);
    }
}
