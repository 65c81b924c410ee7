package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.Bio;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a bio carries through the target. Touched by the thread that has the bio.
final class LogIo {
    /// So that the completion of the log's own writes finds it.
    final WriteLog log;

    /// The bytes of a WRITE.
    @Nullable
    MemorySegment bytes;

    /// Its entry while it is at the device; of an own write, the entry being written, none for the super block.
    @Nullable
    LogBlock block;

    /// The next one that waits for memory.
    @Nullable
    Bio next;

    LogIo(WriteLog log) {
        this.log = log;
    }
}
