package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// An entry of the log on its way there: a header block and its data, one behind the other in a slab. Owned by
/// the log's domain.
@HotPath
final class LogBlock {
    final LogSlab slab;
    /// Where the header begins in the slab.
    int offsetBytes;

    /// Header and data together.
    int lenBytes;
    /// Of [LogFormat].
    int flags;

    /// Of a flush: what it makes durable, which is logged before it.
    final BlockList covered = new BlockList();

    @Nullable
    LogBlock next;

    LogBlock(LogSlab slab) {
        this.slab = slab;
    }
}
