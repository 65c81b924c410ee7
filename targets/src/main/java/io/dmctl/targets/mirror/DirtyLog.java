package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Which regions are in sync. As it is, the core log: lost with the table. [DiskLog] also keeps on a device
/// which regions are clean.
///
/// A bit a region in memory that survives the process, and another one while it is written to: a region
/// whose writes were on their way when the process died is not in sync.
///
/// Thread rule: [#inSync], [#syncCount] and the status on any thread, the rest on the mirror's domain.
///
/// @kernel drivers/md/dm-log.c `core_*`
class DirtyLog implements AutoCloseable {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    /// Told when something that the log was asked for is over, on the domain.
    interface Listener {
        void logLoaded(QueueContext q);

        void logFlushed(boolean failed, QueueContext q);
    }

    final LogArgs args;
    final Listener listener;
    private final MemorySegment syncBits;
    private final MemorySegment writtenBits;
    private volatile long syncCount;
    private long search;

    DirtyLog(TargetContext ti, MirrorState state, LogArgs args, Listener listener) throws TargetException {
        this.args = args;
        this.listener = listener;
        final long bytes = (args.regionCount() + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
        syncBits = ti.survivingState("sync", bytes);
        writtenBits = ti.survivingState("written", bytes);
        long count = 0;
        for (long region = 0; region < args.regionCount(); region++) {
            final boolean sync = state.recovered()
                    ? inSync(region) && !bit(writtenBits, region)
                    : args.sync() == LogArgs.Sync.NOSYNC;
            setBit(syncBits, region, sync);
            count += sync ? 1 : 0;
        }
        syncCount = count;
        writtenBits.fill((byte) 0);
    }

    @HotPath
    final boolean inSync(long region) {
        return bit(syncBits, region);
    }

    private static long at(long region) {
        return (region >>> 6) * Long.BYTES;
    }

    @HotPath
    private static boolean bit(MemorySegment bits, long region) {
        final long word = (long) WORD.getAcquire(bits, at(region)); // pairs with setRelease in setBit
        return (word >>> region & 1) != 0;
    }

    /// False: it was so already.
    @HotPath
    private static boolean setBit(MemorySegment bits, long region, boolean on) {
        final long before = (long) WORD.get(bits, at(region));
        final long bit = 1L << region;
        if ((before & bit) != 0 == on) {
            return false;
        }
        WORD.setRelease(bits, at(region), before ^ bit); // pairs with getAcquire in bit
        return true;
    }

    /// The legs may differ in this region from now on, or no longer.
    @HotPath
    final void written(long region, boolean on) {
        setBit(writtenBits, region, on);
    }

    final long syncCount() {
        return syncCount;
    }

    @HotPath
    final void setSync(long region, boolean on) {
        if (setBit(syncBits, region, on)) {
            final long count = syncCount;
            syncCount = on ? count + 1 : count - 1;
        }
    }

    /// The next region that is not in sync; -1: none. Each is answered once a resume.
    final long nextResync() {
        while (search < args.regionCount()) {
            final long region = search++;
            if (!inSync(region)) {
                return region;
            }
        }
        return -1;
    }

    final void restartSearch() {
        search = 0;
    }

    /// Is it worth to tell the log that a region is clean?
    boolean persistent() {
        return false;
    }

    /// Reads what is there, at each resume.
    void load(QueueContext q) {
        restartSearch();
        listener.logLoaded(q);
    }

    /// Goes on after a wait for a bio.
    void run(QueueContext q) {}

    /// Is there log I/O on its way? Neither [#mark] nor [#clean] then.
    boolean busy() {
        return false;
    }

    /// The region will be written. True: the log on stable storage says so already.
    boolean mark(long region) {
        return true;
    }

    /// All legs are equal in this region.
    void clean(long region) {}

    /// Writes what was marked and cleaned.
    void flush(QueueContext q) {
        listener.logFlushed(false, q);
    }

    void info(StatusSink out) {
        out.text("1 core");
    }

    /// Ends in a space.
    void table(StatusSink out) {
        out.text(args.sync() == LogArgs.Sync.DEFAULT ? "core 1 " : "core 2 ")
                .number(args.regionSectors())
                .text(syncWord());
    }

    final String syncWord() {
        return switch (args.sync()) {
            case DEFAULT -> " ";
            case NOSYNC -> " nosync ";
            case FORCE -> " sync ";
        };
    }

    @Override
    public void close() {}
}
