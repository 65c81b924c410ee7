package io.dmctl.targets.snapshot;

import org.jspecify.annotations.Nullable;

/// A chunk on its way into the COW device: allocated, not yet an exception. Reused. Owned by its [Cow], on
/// the domain.
///
/// @kernel drivers/md/dm-snap.c `struct dm_snap_pending_exception`
final class Pending {
    final Cow cow;
    /// Writes to the snapshot that go on to the new chunk afterwards.
    final IoList snapshotIos = new IoList();
    /// Writes to the origin that are tried again afterwards.
    final IoList originIos = new IoList();
    long oldChunk;
    long newChunk;
    boolean started;
    boolean copied;
    boolean failed;

    /// Its slot in the tracker is blocked, and the chunk is an exception for who looks now.
    boolean published;

    /// A write of the whole chunk, in place of a copy.
    @Nullable
    SnapIo full;

    @Nullable
    Pending next;

    @Nullable
    Pending nextInTable;

    Pending(Cow cow) {
        this.cow = cow;
    }

    void begin(long from, long to) {
        oldChunk = from;
        newChunk = to;
        started = false;
        copied = false;
        failed = false;
        published = false;
        full = null;
    }
}
