package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Which regions are in sync. As it is, the core log: lost with the table. [DiskLog] also keeps on a device which
/// regions are clean.
///
/// Thread rule: [#inSync], [#syncCount] and the status on any thread, the rest on the mirror's domain.
///
/// @kernel drivers/md/dm-log.c `core_*`
class DirtyLog implements AutoCloseable {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    /// Told when something that the log was asked for is over, on the domain.
    interface Listener {
        void logLoaded(QueueContext q);

        void logFlushed(boolean failed, QueueContext q);
    }

    final LogArgs args;
    final Listener listener;
    private final long[] syncBits;
    private volatile long syncCount;
    private long search;

    DirtyLog(LogArgs args, Listener listener) {
        this.args = args;
        this.listener = listener;
        syncBits = new long[Math.toIntExact((args.regionCount() + Long.SIZE - 1) / Long.SIZE)];
        if (args.sync() == LogArgs.Sync.NOSYNC) {
            for (long region = 0; region < args.regionCount(); region++) {
                setSync(region, true);
            }
        }
    }

    @HotPath
    final boolean inSync(long region) {
        final long word = (long) WORD.getAcquire(syncBits, (int) (region >>> 6)); // pairs with setRelease in setSync
        return (word >>> region & 1) != 0;
    }

    final long syncCount() {
        return syncCount;
    }

    @HotPath
    final void setSync(long region, boolean on) {
        final int at = (int) (region >>> 6);
        final long before = syncBits[at];
        final long bit = 1L << region;
        if ((before & bit) != 0 != on) {
            WORD.setRelease(syncBits, at, before ^ bit); // pairs with getAcquire in inSync
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
