package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetContext;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Objects;

/// The log of one target: which entries there are and in which order.
///
/// What a device has acknowledged is in its cache: it stays `unflushed` until a flush, which takes it at its
/// start and puts it into the log, and itself behind it, when it is done. A FUA write is durable when it is
/// done and is logged then; so is a mark, at once.
///
/// Thread rule: everything belongs to the domain's thread, but for what is marked otherwise. The memory is
/// bounded: when it is full, what is unflushed is logged before its flush, and new writes wait.
///
/// @kernel drivers/md/dm-log-writes.c
@HotPath
final class WriteLog implements AutoCloseable {
    /// The largest entry: a longer write is logged as several.
    static final int MAX_DATA_SECTORS = 2048;

    private static final byte[] END_MARK = "dm-log-writes-end".getBytes(StandardCharsets.UTF_8);

    private final LowerDevice dev;
    private final Domain domain;
    private final BlockingIo blockingIo;
    private final int blockBytes;
    private final int blockSectors;
    private final boolean deviceDiscards;
    private final LogMemory memory = new LogMemory();
    private final LogWriter writer;
    private final BlockList unflushed = new BlockList();
    private final BioFifo waiting = new BioFifo();
    private final ArrayDeque<byte[]> marks = new ArrayDeque<>();

    WriteLog(TargetContext ti, LowerDevice dev, LowerDevice logDev) {
        this.dev = dev;
        this.domain = ti.domain("log-writes " + logDev.name());
        this.blockingIo = ti.blockingIo();
        this.blockBytes = dev.limits().logicalBlockSize();
        this.blockSectors = blockBytes >> 9;
        this.deviceDiscards = dev.limits().maxDiscardSectors() != 0;
        this.writer = new LogWriter(logDev, memory, blockBytes);
    }

    /// For any thread, as far as it says so.
    LogWriter writer() {
        return writer;
    }

    /// For any thread.
    Domain domain() {
        return domain;
    }

    /// On the domain, or when nothing runs there. It is logged by the next [#settle] on the domain, or by [#settleNow].
    void addMark(byte[] text) {
        marks.add(LogFormat.markText(text, blockBytes));
    }

    // ---- bios ----

    /// A write, discard or flush on its way down.
    void begin(Bio bio, LogIo io, QueueContext q) {
        if (!waiting.isEmpty() || !start(bio, io, q)) {
            waiting.add(bio);
        }
        settle(q);
    }

    /// It is done, whatever became of it: a write that failed may have reached the disk.
    void end(Bio bio, LogIo io, QueueContext q) {
        ended(Objects.requireNonNull(io.block));
        io.block = null;
        settle(q);
        q.complete(bio); // last: a suspend that finds it done must find what it led to
    }

    /// One of the log's own writes is done.
    void written(Bio bio, LogIo io, QueueContext q) {
        writer.written(bio, io);
        settle(q);
    }

    /// Does what can be done now: marks, writes to the log, bios that waited for memory.
    void settle(QueueContext q) {
        while (true) {
            takeMarks();
            if (!waiting.isEmpty() || !writer.enabled()) {
                writer.queue().addAll(unflushed);
            }
            writer.pump(q);
            final Bio bio = waiting.peek();
            if (bio == null || !start(bio, BioFifo.io(bio), q)) {
                return;
            }
            waiting.drop();
        }
    }

    private void takeMarks() {
        byte[] text;
        while ((text = marks.peek()) != null && logMark(text)) {
            marks.remove();
        }
    }

    private boolean logMark(byte[] text) {
        final LogBlock block = memory.take(blockBytes);
        if (block == null) {
            return false;
        }
        block.flags = LogFormat.MARK;
        writeHeader(block, 0, 0, text.length);
        LogFormat.writeText(block.slab.memory, block.offsetBytes, text);
        writer.queue().add(block);
        return true;
    }

    private void ended(LogBlock block) {
        if ((block.flags & LogFormat.FLUSH) != 0) {
            writer.queue().addAll(block.covered);
            writer.queue().add(block);
        } else if ((block.flags & LogFormat.FUA) != 0) {
            writer.queue().add(block);
        } else {
            unflushed.add(block);
        }
    }

    /// False when there is no memory for its entry.
    private boolean start(Bio bio, LogIo io, QueueContext q) {
        if (!writer.enabled()) {
            pass(bio, io, q);
            return true;
        }
        final boolean flush = bio.op() == ReqOp.FLUSH;
        final MemorySegment bytes = io.bytes;
        final int dataBytes = bytes == null ? 0 : bio.sectors() << 9;
        final LogBlock block = memory.take(blockBytes + dataBytes);
        if (block == null) {
            return false;
        }
        block.flags = flagsOf(bio);
        // A flush has no place, wherever its target begins.
        writeHeader(block, flush ? 0 : bio.sector() / blockSectors, bio.sectors() / blockSectors, 0);
        if (bytes != null) {
            MemorySegment.copy(
                    bytes,
                    bio.data().offsetBytes(),
                    block.slab.memory,
                    block.offsetBytes + (long) blockBytes,
                    dataBytes);
        }
        if (flush) {
            block.covered.addAll(unflushed);
        }
        if (bio.op() == ReqOp.DISCARD && !deviceDiscards) {
            ended(block);
            q.complete(bio);
        } else {
            io.block = block;
            pass(bio, io, q);
        }
        return true;
    }

    private void pass(Bio bio, LogIo io, QueueContext q) {
        io.bytes = null;
        bio.remap(dev, bio.sector());
        q.home(bio);
    }

    private static int flagsOf(Bio bio) {
        return (bio.op() == ReqOp.FLUSH ? LogFormat.FLUSH : 0)
                | ((bio.flags() & BioFlags.FUA) != 0 ? LogFormat.FUA : 0)
                | (bio.op() == ReqOp.DISCARD ? LogFormat.DISCARD : 0)
                | ((bio.flags() & BioFlags.META) != 0 ? LogFormat.METADATA : 0);
    }

    private void writeHeader(LogBlock block, long sector, long sectors, int dataLen) {
        LogFormat.writeEntry(block.slab.memory, block.offsetBytes, blockBytes, sector, sectors, block.flags, dataLen);
    }

    /// On the control thread, while the device is suspended and the domain idle: writes what is to be logged
    /// now.
    void settleNow() {
        takeMarks();
        writer.finish(blockingIo);
    }

    /// On the control thread, when the domain is idle for good: logs what is left, and the end.
    @Override
    public void close() {
        writer.queue().addAll(unflushed);
        writer.finish(blockingIo); // gives memory back
        addMark(END_MARK);
        settleNow();
        memory.close();
    }
}
