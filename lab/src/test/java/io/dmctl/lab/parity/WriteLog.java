package io.dmctl.lab.parity;

import io.dmctl.bindings.sys.BlockDevices;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What the kernel's log-writes has recorded of a disk, in the order of completion.
///
/// @kernel drivers/md/dm-log-writes.c, the format of its log
final class WriteLog {
    private static final long MAGIC = 0x6a736677736872L;
    private static final int FLUSH = 1;
    private static final int FUA = 2;
    private static final int DISCARD = 4;
    private static final int MARK = 8;
    private static final int HEADER_BYTES = 512;

    /// @param dataOffset of the data in the log, in bytes
    record Entry(long sector, long sectors, long flags, long dataOffset) {
        boolean isFlush() {
            return (flags & FLUSH) != 0;
        }

        boolean isMark() {
            return (flags & MARK) != 0;
        }

        boolean isFua() {
            return (flags & FUA) != 0;
        }

        boolean isDiscard() {
            return (flags & DISCARD) != 0;
        }
    }

    private final MemorySegment log;
    private final List<Entry> entries = new ArrayList<>();

    private WriteLog(MemorySegment log) {
        this.log = log;
    }

    /// Reads the log of a device that has been removed: the number of entries is right then.
    static WriteLog read(BlockIo disk, Arena arena) throws IOException {
        final MemorySegment superblock = Contents.read(disk, HEADER_BYTES, arena);
        final long count = superblock.get(ValueLayout.JAVA_LONG, 16);
        if (superblock.get(ValueLayout.JAVA_LONG, 0) != MAGIC
                || superblock.get(ValueLayout.JAVA_INT, 24) != HEADER_BYTES) {
            throw new IOException("no log of log-writes with sectors of 512 bytes");
        }
        final WriteLog log = new WriteLog(Contents.read(disk, BlockDevices.sizeBytes(disk.fd()), arena));
        long at = HEADER_BYTES;
        for (long i = 0; i < count; i++) {
            final long sectors = log.log.get(ValueLayout.JAVA_LONG, at + 8);
            final long flags = log.log.get(ValueLayout.JAVA_LONG, at + 16);
            final Entry entry = new Entry(log.log.get(ValueLayout.JAVA_LONG, at), sectors, flags, at + HEADER_BYTES);
            log.entries.add(entry);
            at += HEADER_BYTES + (entry.isDiscard() ? 0 : sectors << BlockIo.SECTOR_SHIFT);
        }
        if (!log.entries.isEmpty() && log.entries.getLast().isMark()) {
            log.entries.removeLast(); // dm-log-writes-end, of the removal
        }
        return log;
    }

    int size() {
        return entries.size();
    }

    /// How many marks there are among the first `prefix` entries.
    int marks(int prefix) {
        return (int) entries.subList(0, prefix).stream().filter(Entry::isMark).count();
    }

    /// What the disk may hold after a crash behind the first `prefix` entries: all that a flush has made durable, all
    /// FUA writes, and of the rest as chance has it.
    void materialise(MemorySegment image, int prefix, Random random) {
        int durable = 0;
        for (int i = 0; i < prefix; i++) {
            if (entries.get(i).isFlush()) {
                durable = i + 1;
            }
        }
        for (int i = 0; i < prefix; i++) {
            final Entry entry = entries.get(i);
            final boolean there = i < durable || entry.isFua() || random.nextBoolean();
            if (entry.isMark() || entry.sectors() == 0 || !there) {
                continue;
            }
            final MemorySegment to =
                    image.asSlice(entry.sector() << BlockIo.SECTOR_SHIFT, entry.sectors() << BlockIo.SECTOR_SHIFT);
            if (entry.isDiscard()) {
                to.fill((byte) 0);
            } else {
                MemorySegment.copy(log, entry.dataOffset(), to, 0, to.byteSize());
            }
        }
    }
}
