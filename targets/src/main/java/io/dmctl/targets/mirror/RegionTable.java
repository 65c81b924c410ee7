package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.HotPath;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The regions in memory by number, and those among them that are idle, the longest first. Regions are pooled.
///
/// Thread rule: the mirror's domain.
///
/// @kernel drivers/md/dm-region-hash.c
@HotPath
final class RegionTable {
    private static final int MIN_BUCKETS = 64;
    private static final int MAX_BUCKETS = 1 << 16;
    private static final long HASH_MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final @Nullable Region[] buckets;
    private @Nullable Region pool;
    private @Nullable Region firstIdle;
    private @Nullable Region lastIdle;

    RegionTable(long regionCount) {
        final long wanted = Math.clamp(regionCount >> 6, MIN_BUCKETS, MAX_BUCKETS);
        buckets = new Region[Integer.highestOneBit((int) wanted)];
    }

    private int bucket(long key) {
        return (int) ((key * HASH_MULTIPLIER) >>> 32) & (buckets.length - 1);
    }

    @Nullable
    Region get(long key) {
        Region region = buckets[bucket(key)];
        while (region != null && region.key != key) {
            region = region.hashNext;
        }
        return region;
    }

    /// A region that was not there.
    Region add(long key, Region.State state) {
        Region region = pool;
        if (region == null) {
            region = new Region(); // bounded by the writes on their way and the idle regions; reused
        } else {
            pool = region.hashNext;
        }
        region.key = key;
        region.state = state;
        region.pending = 0;
        region.logged = false;
        final int bucket = bucket(key);
        region.hashNext = buckets[bucket];
        buckets[bucket] = region;
        return region;
    }

    /// Takes a region out that nothing is pending for.
    void remove(Region region) {
        busy(region);
        final int bucket = bucket(region.key);
        Region before = buckets[bucket];
        if (before == region) {
            buckets[bucket] = region.hashNext;
        } else {
            while (before != null && before.hashNext != region) {
                before = before.hashNext;
            }
            Objects.requireNonNull(before).hashNext = region.hashNext;
        }
        region.hashNext = pool;
        pool = region;
    }

    /// The region has nothing pending from `nowNs` on.
    void idle(Region region, long nowNs) {
        region.idleSinceNs = nowNs;
        region.idle = true;
        region.idlePrev = lastIdle;
        region.idleNext = null;
        final Region last = lastIdle;
        if (last == null) {
            firstIdle = region;
        } else {
            last.idleNext = region;
        }
        lastIdle = region;
    }

    /// The region is no longer idle, if it was.
    void busy(Region region) {
        if (!region.idle) {
            return;
        }
        region.idle = false;
        final Region prev = region.idlePrev;
        final Region next = region.idleNext;
        if (prev == null) {
            firstIdle = next;
        } else {
            prev.idleNext = next;
        }
        if (next == null) {
            lastIdle = prev;
        } else {
            next.idlePrev = prev;
        }
        region.idlePrev = null;
        region.idleNext = null;
    }

    @Nullable
    Region firstIdle() {
        return firstIdle;
    }
}
