package io.dmctl.targets.spi;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Where the bytes of a bio are: in memory, in a buffer that is registered with the queue's ring (not visible here), or
/// nowhere.
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
        REGISTERED
    }

    private Kind kind = Kind.NONE;
    private @Nullable MemorySegment memory;
    private @Nullable MemorySegment readOnly;
    private long address;
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

    /// The native address of the bio's first byte; meaningless for heap memory and for the other kinds.
    public long address() {
        return address + offsetBytes;
    }

    /// The index in the ring's table of registered buffers. -1 unless [Kind#REGISTERED].
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
        index = -1;
        offsetBytes = 0;
    }

    /// Becomes what `other` is, `plusBytes` further on. @HotPath
    @HotPath
    public void set(Data other, long plusBytes) {
        kind = other.kind;
        memory = other.memory;
        readOnly = other.readOnly;
        address = other.address;
        index = other.index;
        offsetBytes = other.offsetBytes + plusBytes;
    }

    /// Moves the start by `bytes`. @HotPath
    @HotPath
    public void skip(long bytes) {
        offsetBytes += bytes;
    }
}
