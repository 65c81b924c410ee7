package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.TargetContext;
import org.jspecify.annotations.Nullable;

/// A `snapshot` or `snapshot-merge` target, as its [Origin] knows it. It has a [Cow], or waits to be handed the
/// one of the target whose place it takes.
///
/// Thread rule: changed on the domain; what queues and control threads look at is volatile.
final class Member {
    private final TargetContext ti;
    private final SnapshotArgs args;
    private final boolean merge;
    private volatile @Nullable Cow cow;
    private volatile boolean active;
    private volatile boolean suspending;
    private volatile boolean suspended;
    /// Its COW was handed on, or will never be handed to it.
    private volatile boolean over;

    /// Of the [Cow] that it waits for.
    private volatile int awaitedChunkSectors;

    Member(TargetContext ti, SnapshotArgs args, boolean merge) {
        this.ti = ti;
        this.args = args;
        this.merge = merge;
    }

    TargetContext ti() {
        return ti;
    }

    SnapshotArgs args() {
        return args;
    }

    boolean isMerge() {
        return merge;
    }

    boolean supportsOverflow() {
        return args.supportsOverflow();
    }

    /// Of the mapped device, in which the target lies last.
    long endSector() {
        return ti.beginSector() + ti.lenSectors();
    }

    @Nullable
    Cow cow() {
        return cow;
    }

    void cow(@Nullable Cow newCow) {
        cow = newCow;
    }

    void await(Member source) {
        awaitedChunkSectors = source.chunkSectors();
    }

    /// 0 when it has none any more.
    int chunkSectors() {
        final Cow c = cow;
        return c != null ? c.chunkSectors() : over ? 0 : awaitedChunkSectors;
    }

    /// Was it ever resumed? Writes to the origin are copied out from then on.
    boolean isActive() {
        return active;
    }

    void activate() {
        active = true;
    }

    /// Is it to be suspended, or suspended? For what it does in the background.
    boolean isSuspending() {
        return suspending;
    }

    void suspending(boolean is) {
        suspending = is;
    }

    boolean isSuspended() {
        return suspended;
    }

    void suspended(boolean is) {
        suspended = is;
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }
}
