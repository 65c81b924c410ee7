package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.DataHolder;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Keeps callers' buffers as a driver does: their bytes are in memory only after a copy.
final class TestHolder implements DataHolder {
    private final List<MemorySegment> buffers;
    private final Data[] memories;

    TestHolder(List<MemorySegment> buffers) {
        this.buffers = buffers;
        this.memories = buffers.stream()
                .map(b -> Data.of(MemorySegment.ofArray(new byte[(int) b.byteSize()])))
                .toArray(Data[]::new);
    }

    @Override
    public Data memory(int index) {
        return memories[index];
    }

    @Override
    public int load(int index, long offset, long length) {
        final MemorySegment to = memories[index].memory();
        if (to == null) {
            throw new AssertionError("no memory " + index);
        }
        MemorySegment.copy(buffers.get(index), offset, to, offset, length);
        return 0;
    }

    @Override
    public int store(int index, long offset, MemorySegment from, long fromOffset, long length) {
        MemorySegment.copy(from, fromOffset, buffers.get(index), offset, length);
        return 0;
    }
}
