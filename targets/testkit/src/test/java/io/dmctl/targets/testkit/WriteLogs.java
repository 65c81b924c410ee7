package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads the bytes of a write log, plainly, for tests.
final class WriteLogs {
    static final int FLUSH = 1;
    static final int FUA = 2;
    static final int DISCARD = 4;
    static final int MARK = 8;
    static final int META = 16;

    private WriteLogs() {}

    /// `sector` and `sectors` count blocks of the log.
    record Entry(long sector, long sectors, long flags, String mark, ByteBuffer data) {
        boolean is(int flag) {
            return (flags & flag) != 0;
        }

        /// Without the data, for comparisons.
        @Override
        public String toString() {
            return sector + "+" + sectors + " " + flags + (mark.isEmpty() ? "" : " " + mark);
        }

        void replayOn(byte[] image, int blockBytes) {
            final int at = Math.toIntExact(sector * blockBytes);
            if (is(DISCARD)) {
                Arrays.fill(image, at, at + Math.toIntExact(sectors * blockBytes), (byte) 0);
            } else {
                data.get(0, image, at, data.capacity());
            }
        }
    }

    static long superEntries(byte[] log, int blockBytes) {
        final ByteBuffer b = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x6a736677736872L, b.getLong(0), "magic");
        assertEquals(1, b.getLong(8), "version");
        assertEquals(blockBytes, b.getInt(24), "sector size");
        for (int i = 28; i < blockBytes; i++) {
            assertEquals(0, log[i], "rest of the super block");
        }
        return b.getLong(16);
    }

    /// The first `count` entries.
    static List<Entry> entries(byte[] log, int blockBytes, long count) {
        final ByteBuffer b = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        final List<Entry> all = new ArrayList<>();
        int at = blockBytes;
        for (long i = 0; i < count; i++) {
            final long sectors = b.getLong(at + 8);
            final long flags = b.getLong(at + 16);
            final int textLen = Math.toIntExact(b.getLong(at + 24));
            final String mark = new String(log, at + 32, textLen, StandardCharsets.UTF_8);
            final int dataLen = (flags & DISCARD) != 0 ? 0 : Math.toIntExact(sectors * blockBytes);
            final int from = at + blockBytes;
            for (int pad = at + 32 + textLen; pad < from; pad++) {
                assertEquals(0, log[pad], "rest of the header of entry " + i);
            }
            all.add(new Entry(
                    b.getLong(at),
                    sectors,
                    flags,
                    mark,
                    ByteBuffer.wrap(Arrays.copyOfRange(log, from, from + dataLen))));
            at = from + dataLen;
        }
        return all;
    }

    static List<String> text(List<Entry> entries) {
        return entries.stream().map(Entry::toString).toList();
    }
}
