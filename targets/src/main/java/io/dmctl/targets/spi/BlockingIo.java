package io.dmctl.targets.spi;

import java.lang.foreign.MemorySegment;

/// Blocking I/O for constructors and hooks, never on the I/O path; also on devices of ours, for as long as they are
/// suspended. Offsets and lengths are multiples of the logical
/// block size.
public interface BlockingIo {
    /// Fills `to`, a native segment, from `sector`.
    ///
    /// @throws TargetException with the errno
    void read(LowerDevice dev, long sector, MemorySegment to) throws TargetException;

    void write(LowerDevice dev, long sector, MemorySegment from) throws TargetException;

    void flush(LowerDevice dev) throws TargetException;
}
