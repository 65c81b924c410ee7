package io.dmctl.targets.spi;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Where the bytes of a bio are: in memory; with a [DataHolder], which may have registered them with the
/// queue's ring; or nowhere.
///
/// The offset counts from the start of the root request's buffer, through all layers of stacked devices. A Data is
/// owned by its bio
/// (or by the target, for the bios it makes) and reused; the memory must outlive every bio that names it.
public final class Data {
    /// For bios that carry no bytes.
    public static final Data NONE = new Data();

    /// Where the bytes are.
    public enum Kind {
        NONE,
        MEMORY,
        /// With the holder, not visible here.
        HELD,
        /// As HELD; and the ring of the holder's queue knows them by their index.
        REGISTERED
    }

    private Kind kind = Kind.NONE;
    private @Nullable MemorySegment memory;
    private @Nullable MemorySegment readOnly;
    private long address;
    private @Nullable DataHolder holder;
    private int index = -1;
    private long offsetBytes;

    public Data() {}

    /// The bytes of `memory`, from its start. Allocates: make it once a buffer.
    public static Data of(MemorySegment memory) {
        final Data data = new Data();
        data.setMemory(memory, memory.asReadOnly());
        return data;
    }

    public Kind kind() {
        return kind;
    }

    /// The whole buffer: this bio's bytes start at [#offsetBytes()]. Null unless [Kind#MEMORY].
    public @Nullable MemorySegment memory() {
        return memory;
    }

    public @Nullable MemorySegment readOnlyMemory() {
        return readOnly;
    }

    /// The native address of the bio's first byte; for [Kind#REGISTERED] its offset in the buffer. Meaningless
    /// for heap memory and for the other kinds.
    public long address() {
        return address + offsetBytes;
    }

    /// Null unless [Kind#HELD] or [Kind#REGISTERED].
    public @Nullable DataHolder holder() {
        return holder;
    }

    /// The holder's number for the buffer, which is also that in the ring's table of registered buffers. -1
    /// where there is no holder.
    public int index() {
        return index;
    }

    public long offsetBytes() {
        return offsetBytes;
    }

    public void setMemory(MemorySegment buffer, MemorySegment readOnlyView) {
        kind = Kind.MEMORY;
        memory = buffer;
        readOnly = readOnlyView;
        address = buffer.isNative() ? buffer.address() : 0;
        holder = null;
        index = -1;
        offsetBytes = 0;
    }

    /// The bytes of `newHolder`'s buffer `newIndex`, from its start. @HotPath
    @HotPath
    public void setHeld(DataHolder newHolder, int newIndex, boolean registered) {
        kind = registered ? Kind.REGISTERED : Kind.HELD;
        memory = null;
        readOnly = null;
        address = 0;
        holder = newHolder;
        index = newIndex;
        offsetBytes = 0;
    }

    /// Becomes what `other` is, `plusBytes` further on. @HotPath
    @HotPath
    public void set(Data other, long plusBytes) {
        kind = other.kind;
        memory = other.memory;
        readOnly = other.readOnly;
        address = other.address;
        holder = other.holder;
        index = other.index;
        offsetBytes = other.offsetBytes + plusBytes;
    }

    /// Moves the start by `bytes`. @HotPath
    @HotPath
    public void skip(long bytes) {
        offsetBytes += bytes;
    }
}
