package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.QueueContext;

/// Where new chunks come from, and whether they are remembered. Owned by its [Cow]; all calls on the domain,
/// but for the usage, which is read by any thread.
///
/// @kernel drivers/md/dm-exception-store.h `struct dm_exception_store_type`
sealed interface ExceptionStore extends AutoCloseable permits PersistentStore, TransientStore {
    long NO_ROOM = -1;

    int chunkSectors();

    boolean isPersistent();

    /// A new chunk, or [#NO_ROOM].
    long allocate();

    /// Takes up an exception whose data is there, in the order of allocation. `good`: it really is. True:
    /// [#write] must follow, for there is no room for more or, with `last`, nothing else is on its way.
    boolean append(long oldChunk, long newChunk, boolean good, boolean last);

    /// Makes durable what was appended. False: later, and [Cow#written] is told.
    boolean write(QueueContext q);

    /// Did all that was appended and written go well so far?
    boolean isGood();

    /// Marks the store invalid for good. False: later, and [Cow#dropped] is told.
    boolean drop(QueueContext q);

    /// Goes on after there was no bio.
    void retry(QueueContext q);

    /// Sectors in use, as the status has them.
    long allocatedSectors();

    long metadataSectors();

    @Override
    void close();
}
