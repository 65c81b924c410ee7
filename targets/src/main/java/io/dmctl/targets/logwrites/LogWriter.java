package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Gives entries their places in the log and writes them, a few at once. The super block is written again after
/// a FUA write and a mark, when all entries that it counts are written, and before the next one.
///
/// Thread rule: the domain's thread, but for the numbers that the status tells, and [#finish].
///
/// @kernel drivers/md/dm-log-writes.c `log_writes_kthread`
@HotPath
final class LogWriter {
    private static final int MAX_IN_FLIGHT = 8;
    private static final int ALIGNMENT = 4096;
    private static final Completion WRITTEN = (bio, q) -> {
        final LogIo io = BioFifo.io(bio);
        io.log.written(bio, io, q);
    };

    private enum Super {
        AS_IT_IS,
        DUE,
        BEING_WRITTEN
    }

    private final LowerDevice logDev;
    private final LogMemory memory;
    private final int blockBytes;
    private final BlockList queue = new BlockList();
    private final MemorySegment superMemory;
    private final Data superData;
    private Super superBlock = Super.AS_IT_IS;
    private int inFlight;

    // Written by the domain, read by the control thread: each for itself, so that release and acquire are enough.
    private final AtomicLong loggedEntries = new AtomicLong();
    private final AtomicLong nextSector;
    private final AtomicBoolean enabled = new AtomicBoolean(true);

    LogWriter(LowerDevice logDev, LogMemory memory, int blockBytes) {
        this.logDev = logDev;
        this.memory = memory;
        this.blockBytes = blockBytes;
        superMemory = memory.allocate(blockBytes, ALIGNMENT);
        superData = Data.of(superMemory);
        nextSector = new AtomicLong(blockBytes >> 9);
    }

    boolean enabled() {
        return enabled.getAcquire(); // pairs with disable
    }

    long loggedEntries() {
        return loggedEntries.getAcquire(); // pairs with place
    }

    long nextSector() {
        return nextSector.getAcquire(); // pairs with place
    }

    /// What is logged next, in order.
    BlockList queue() {
        return queue;
    }

    /// Writes what there is to write and may be written now. With logging disabled the entries are dropped.
    void pump(QueueContext q) {
        while (true) {
            if (superBlock == Super.DUE && inFlight == 0 && send(null, superData, 0, 0, blockBytes, q)) {
                superBlock = Super.BEING_WRITTEN;
            }
            final LogBlock block = queue.peek();
            if (block == null || superBlock != Super.AS_IT_IS || inFlight >= MAX_IN_FLIGHT) {
                return;
            }
            final long sector = nextSector.getPlain();
            if (enabled.getPlain() && fits(block)) {
                if (!send(block, block.slab.data, block.offsetBytes, sector, block.lenBytes, q)) {
                    return; // comes again with the next completion
                }
                queue.poll();
                place(block);
            } else {
                queue.poll();
                memory.giveBack(block);
            }
        }
    }

    /// Is there room for it? If not, this was the last entry; what it would have taken shows in the status.
    private boolean fits(LogBlock block) {
        final long end = nextSector.getPlain() + (block.lenBytes >> 9);
        if (end < logDev.sizeSectors()) {
            return true;
        }
        nextSector.setRelease(end);
        disable();
        return false;
    }

    private void place(LogBlock block) {
        nextSector.setRelease(nextSector.getPlain() + (block.lenBytes >> 9));
        loggedEntries.setRelease(loggedEntries.getPlain() + 1);
        if ((block.flags & (LogFormat.FUA | LogFormat.MARK)) != 0) {
            superBlock = Super.DUE;
        }
    }

    private boolean send(
            @Nullable LogBlock block, Data data, int offsetBytes, long sector, int lenBytes, QueueContext q) {
        final Bio bio = q.newBio(logDev, ReqOp.WRITE, 0, sector, lenBytes >> 9, data, WRITTEN);
        if (bio == null) {
            return false;
        }
        if (block == null) {
            LogFormat.writeSuper(superMemory, loggedEntries.getPlain(), blockBytes);
        }
        bio.data().skip(offsetBytes);
        BioFifo.io(bio).block = block;
        inFlight++;
        q.submit(bio);
        return true;
    }

    /// One of the log's writes is done.
    void written(Bio bio, LogIo io) {
        inFlight--;
        if (bio.status() != 0) {
            disable();
        }
        final LogBlock block = io.block;
        io.block = null;
        if (block == null) {
            superBlock = Super.AS_IT_IS;
        } else {
            memory.giveBack(block);
        }
    }

    private void disable() {
        enabled.setRelease(false); // pairs with enabled(): a queue that sees it late sends a bio that is passed on
    }

    /// Writes what is queued and the super block, on the control thread, when the domain is idle for good.
    void finish(BlockingIo io) {
        LogBlock block;
        try {
            while ((block = queue.poll()) != null && enabled.getPlain() && fits(block)) {
                final long sector = nextSector.getPlain();
                place(block);
                io.write(logDev, sector, block.slab.memory.asSlice(block.offsetBytes, block.lenBytes));
                memory.giveBack(block);
            }
            if (superBlock != Super.AS_IT_IS && enabled.getPlain()) {
                LogFormat.writeSuper(superMemory, loggedEntries.getPlain(), blockBytes);
                io.write(logDev, 0, superMemory);
                superBlock = Super.AS_IT_IS;
            }
        } catch (TargetException e) {
            disable(); // nobody is left to be told: the log ends here
        }
    }
}
