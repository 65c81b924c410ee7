package io.dmctl.bindings.ublkctl;

import io.dmctl.bindings.sys.Devno;
import java.util.Optional;

/// The parameters of a ublk device; fixed once it was started.
///
/// @param dmaAlignmentMask buffers' addresses and lengths have none of these bits; 2^n - 1, below the page size
/// @param devices the numbers of the two nodes; read only
public record UblkParams(
        Basic basic,
        Optional<Discard> discard,
        Optional<Integer> dmaAlignmentMask,
        Optional<Segment> segment,
        Optional<Devices> devices) {

    public static UblkParams of(Basic basic) {
        return new UblkParams(basic, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public UblkParams withDiscard(Discard wanted) {
        return new UblkParams(basic, Optional.of(wanted), dmaAlignmentMask, segment, devices);
    }

    public UblkParams withDmaAlignmentMask(int mask) {
        return new UblkParams(basic, discard, Optional.of(mask), segment, devices);
    }

    public UblkParams withSegment(Segment wanted) {
        return new UblkParams(basic, discard, dmaAlignmentMask, Optional.of(wanted), devices);
    }

    /// struct ublk_param_basic.
    ///
    /// @param attributes see the constants; FUA counts only with VOLATILE_CACHE
    /// @param logicalBlockShift 9..log2 of the page size
    /// @param physicalBlockShift at least the logical one
    /// @param ioOptShift 0 means 1 byte: none
    /// @param maxSectors the largest request: at least a page, at most the device's maxIoBytes
    /// @param chunkSectors no request crosses a multiple of it; 0: none
    public record Basic(
            int attributes,
            int logicalBlockShift,
            int physicalBlockShift,
            int ioOptShift,
            int ioMinShift,
            int maxSectors,
            int chunkSectors,
            long deviceSectors,
            long virtBoundaryMask) {
        /// C: `UBLK_ATTR_READ_ONLY = (1 << 0)`
        public static final int READ_ONLY = 1;
        /// C: `UBLK_ATTR_ROTATIONAL = (1 << 1)`
        public static final int ROTATIONAL = 1 << 1;
        /// C: `UBLK_ATTR_VOLATILE_CACHE = (1 << 2)`
        public static final int VOLATILE_CACHE = 1 << 2;
        /// C: `UBLK_ATTR_FUA = (1 << 3)`
        public static final int FUA = 1 << 3;

        /// Blocks of `1 << blockShift` bytes, a volatile cache with FUA, no other limit.
        public static Basic of(long deviceSectors, int blockShift, int maxSectors) {
            return new Basic(
                    VOLATILE_CACHE | FUA,
                    blockShift,
                    blockShift,
                    blockShift,
                    blockShift,
                    maxSectors,
                    0,
                    deviceSectors,
                    0);
        }
    }

    /// struct ublk_param_discard.
    ///
    /// @param granularityBytes not 0
    /// @param maxDiscardSectors 0: no discard
    /// @param maxWriteZeroesSectors 0: no write-zeroes
    public record Discard(int alignmentBytes, int granularityBytes, int maxDiscardSectors, int maxWriteZeroesSectors) {}

    /// struct ublk_param_segment.
    ///
    /// @param boundaryMask no segment crosses a multiple of this plus one; a power of two of at least 4096,
    /// less one
    /// @param maxBytes at least 4096
    public record Segment(long boundaryMask, int maxBytes, int maxSegments) {}

    /// struct ublk_param_devt.
    public record Devices(Devno charDevice, Devno disk) {}
}
