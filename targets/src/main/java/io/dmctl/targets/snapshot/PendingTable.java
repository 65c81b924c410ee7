package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// Pending exceptions by old chunk, with a pool. On the domain.
@HotPath
final class PendingTable {
    private static final int BUCKETS = 256;

    private final Cow cow;
    private final @Nullable Pending[] buckets = new Pending[BUCKETS];
    private @Nullable Pending pool;

    PendingTable(Cow cow) {
        this.cow = cow;
    }

    private static int bucket(long chunk) {
        return (int) ((chunk * 0x9e3779b97f4a7c15L) >>> 56);
    }

    @Nullable
    Pending find(long chunk) {
        Pending p = buckets[bucket(chunk)];
        while (p != null && p.oldChunk != chunk) {
            p = p.nextInTable;
        }
        return p;
    }

    /// A new one, in the table. Allocates when there were never so many at once.
    Pending add(long chunk, long newChunk) {
        Pending p = pool;
        if (p == null) {
            p = new Pending(cow);
        } else {
            pool = p.next;
        }
        p.begin(chunk, newChunk);
        p.next = null;
        p.nextInTable = buckets[bucket(chunk)];
        buckets[bucket(chunk)] = p;
        return p;
    }

    void remove(Pending gone) {
        final int b = bucket(gone.oldChunk);
        Pending p = buckets[b];
        if (p == gone) {
            buckets[b] = gone.nextInTable;
        }
        while (p != null) {
            if (p.nextInTable == gone) {
                p.nextInTable = gone.nextInTable;
            }
            p = p.nextInTable;
        }
        gone.nextInTable = null;
    }

    /// Back to the pool; it is in no list.
    void free(Pending p) {
        p.next = pool;
        pool = p;
    }
}
