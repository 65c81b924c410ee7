package io.dmctl.lab.parity;

import java.lang.foreign.MemorySegment;

/// One operation on a device.
///
/// @param device which of the row's devices, by name
/// @param bytes of a write come from this seed
record Op(Kind kind, String device, long sector, int sectors, long bytes) {
    enum Kind {
        READ,
        WRITE,
        WRITE_FUA,
        DISCARD,
        WRITE_ZEROES,
        FLUSH
    }

    /// Does it; what a read reads is in `buffer`. Answers the bytes done, or `-errno`.
    long run(BlockIo device, MemorySegment buffer) {
        final long offset = sector << BlockIo.SECTOR_SHIFT;
        final MemorySegment data = buffer.asSlice(0, (long) sectors << BlockIo.SECTOR_SHIFT);
        return switch (kind) {
            case READ -> device.read(data, offset);
            case WRITE -> {
                fill(data);
                yield device.write(data, offset);
            }
            case WRITE_FUA -> {
                fill(data);
                yield device.writeFua(data, offset);
            }
            case DISCARD -> device.discard(offset, data.byteSize());
            case WRITE_ZEROES -> device.writeZeroes(offset, data.byteSize());
            case FLUSH -> device.flush();
        };
    }

    /// What the range holds after it, of an operation that changes it.
    void fill(MemorySegment data) {
        Patterns.fill(data, kind == Kind.WRITE || kind == Kind.WRITE_FUA ? bytes : 0);
    }

    boolean changes() {
        return switch (kind) {
            case READ, FLUSH -> false;
            case WRITE, WRITE_FUA, DISCARD, WRITE_ZEROES -> true;
        };
    }

    @Override
    public String toString() {
        return kind == Kind.FLUSH ? kind + " " + device : kind + " " + device + " " + sector + "+" + sectors;
    }
}
