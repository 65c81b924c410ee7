package io.dmctl.backend.writelog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads a write log from its first entry to its last.
///
/// The super block is rewritten after a FUA write and a mark only, so after a crash there are more entries than
/// it counts. Those that it counts must be well formed. Those behind them are taken as long as they are, up to
/// the mark that ends a log; where another, longer log was on the device before, its entries cannot be told
/// from this one's.
///
/// Thread rule: one thread. Owns the log's file.
public final class WriteLogReader implements AutoCloseable {
    private static final long MAGIC = 0x6a736677736872L;
    private static final int SUPER_BYTES = 28;
    private static final int ENTRY_BYTES = 32;
    private static final int MAX_BLOCK_BYTES = 4096;

    private final String name;
    private final LogBytes bytes;
    private final int blockBytes;
    private final long counted;
    private long number;
    private long at;
    private boolean ended;

    private WriteLogReader(String name, LogBytes bytes) throws IOException {
        this.name = name;
        this.bytes = bytes;
        final ByteBuffer block = bytes.block(0, SUPER_BYTES);
        if (block.getLong(0) != MAGIC) {
            throw new WriteLogException(
                    name,
                    "no write log: it has no super block. One is written after the first "
                            + "FUA write or mark, and when the log-writes table goes away");
        }
        if (block.getLong(8) != 1) {
            throw new WriteLogException(name, "a write log of version " + block.getLong(8) + ", known is 1");
        }
        counted = block.getLong(16);
        blockBytes = block.getInt(24);
        if (blockBytes < 512 || blockBytes > MAX_BLOCK_BYTES || Integer.bitCount(blockBytes) != 1) {
            throw new WriteLogException(name, "a damaged super block: blocks of " + blockBytes + " bytes");
        }
        rewind();
    }

    /// @throws WriteLogException when there is no write log in `path`
    public static WriteLogReader open(Path path) throws IOException {
        final LogBytes bytes = new LogBytes(path);
        boolean ok = false;
        try {
            final WriteLogReader reader = new WriteLogReader(path.toString(), bytes);
            ok = true;
            return reader;
        } finally {
            if (!ok) {
                bytes.close();
            }
        }
    }

    public String name() {
        return name;
    }

    /// How many entries the super block counts.
    public long counted() {
        return counted;
    }

    public int blockBytes() {
        return blockBytes;
    }

    /// Goes back to the first entry.
    public void rewind() {
        number = 0;
        at = blockBytes;
        ended = false;
    }

    /// The next entry, or null at the end.
    ///
    /// @throws WriteLogException when one that the super block counts is not well formed
    public @Nullable WriteLogEntry next() throws IOException {
        if (ended) {
            return null;
        }
        final boolean mustBe = number < counted;
        if (!mustBe && at + blockBytes > bytes.sizeBytes()) {
            ended = true;
            return null;
        }
        final WriteLogEntry entry = parse();
        if (entry == null) {
            if (mustBe) {
                throw new WriteLogException(
                        name, "entry " + number + " at byte " + at + " is damaged; the super block counts " + counted);
            }
            ended = true;
            return null;
        }
        number++;
        at += blockBytes + entry.dataBytes();
        ended = entry.isEnd() && number >= counted;
        return entry;
    }

    private @Nullable WriteLogEntry parse() throws IOException {
        final ByteBuffer header = bytes.block(at, blockBytes);
        final long sector = header.getLong(0);
        final long blocks = header.getLong(8);
        final long flags = header.getLong(16);
        final long textBytes = header.getLong(24);
        final boolean mark = (flags & WriteLogEntry.MARK) != 0;
        final long mostBlocks = Long.MAX_VALUE / blockBytes / 2;
        if ((flags & ~WriteLogEntry.KNOWN) != 0
                || sector < 0
                || sector > mostBlocks
                || blocks < 0
                || blocks > mostBlocks
                || textBytes < 0
                || textBytes > (mark ? blockBytes - ENTRY_BYTES : 0)
                || (mark ? sector != 0 || blocks != 0 : blocks == 0 && (flags & WriteLogEntry.FLUSH) == 0)
                || !isZero(header, ENTRY_BYTES + (int) textBytes)) {
            return null;
        }
        final long dataBytes = (flags & WriteLogEntry.DISCARD) != 0 ? 0 : blocks * blockBytes;
        if (dataBytes > bytes.sizeBytes() - at - blockBytes) {
            return null;
        }
        final byte[] text = new byte[(int) textBytes];
        header.get(ENTRY_BYTES, text);
        final int perBlock = blockBytes >> 9;
        return new WriteLogEntry(
                number,
                sector * perBlock,
                blocks * perBlock,
                (int) flags,
                new String(text, StandardCharsets.UTF_8),
                at + blockBytes,
                dataBytes);
    }

    private static boolean isZero(ByteBuffer block, int from) {
        for (int i = from; i < block.limit(); i++) {
            if (block.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Some of the data of `entry`, from its byte `from`; valid until the next call of this object.
    public ByteBuffer data(WriteLogEntry entry, long from) throws IOException {
        return bytes.read(entry.dataAt() + from, entry.dataBytes() - from);
    }

    @Override
    public void close() {
        bytes.close();
    }
}
