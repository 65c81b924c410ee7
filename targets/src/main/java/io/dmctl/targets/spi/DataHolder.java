package io.dmctl.targets.spi;

import java.lang.foreign.MemorySegment;

/// Keeps the bytes of requests out of sight, and copies them when somebody needs them: a transport whose driver has
/// them. Targets do not see it; they ask [QueueContext#bounce].
///
/// Thread rule: any I/O thread, for requests that are not done.
///
/// @kernel drivers/block/ublk_drv.c `ublk_user_copy`
@HotPath
public interface DataHolder {
    /// Memory for the bytes of buffer `index`, whole: what is at an offset of the buffer is at that offset of it.
    /// The same object at every call, owned by the holder.
    Data memory(int index);

    /// Copies `length` bytes at `offset` of buffer `index`, which a WRITE brought, to the same place of its memory.
    /// 0 or `-errno`.
    int load(int index, long offset, long length);

    /// Copies `length` bytes of `from` to `offset` of buffer `index`, which a READ waits for. 0 or `-errno`.
    int store(int index, long offset, MemorySegment from, long fromOffset, long length);
}
