package io.dmctl.targets.spi;

/// The limits of a block device's queue. Bytes where the name says nothing else; sectors are 512 bytes; masks are size
/// - 1.
///
/// `noMerges`: requests arrive as their issuer cut them, for a target whose unit is the bio. A mapped device of the
/// kernel never merges them; a driver below the block layer, as ublk is, must be told (sysfs `nomerges`).
///
/// @kernel include/linux/blkdev.h `struct queue_limits`
public record QueueLimits(
        int logicalBlockSize,
        int physicalBlockSize,
        int ioMin,
        int ioOpt,
        int chunkSectors,
        int maxSectors,
        int maxSegments,
        int maxSegmentSize,
        long segBoundaryMask,
        long virtBoundaryMask,
        int dmaAlignmentMask,
        int maxDiscardSectors,
        int discardGranularity,
        int maxWriteZeroesSectors,
        boolean volatileCache,
        boolean fua,
        boolean rotational,
        boolean noMerges) {
    /// Unlimited, in counts of sectors, segments and bytes that the kernel keeps in 32 bits.
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /// What stacking starts from. @kernel block/blk-settings.c `blk_set_stacking_limits`
    public static final QueueLimits STACKING = new QueueLimits(
            512, 512, 512, 0, 0, UNLIMITED, 65535, UNLIMITED, -1L, 0, 511, UNLIMITED, 0, UNLIMITED, false, false, false,
            false);

    public Builder toBuilder() {
        return new Builder(this);
    }

    /// Limits while they are stacked. Cold; one thread.
    public static final class Builder {
        public int logicalBlockSize;
        public int physicalBlockSize;
        public int ioMin;
        public int ioOpt;
        public int chunkSectors;
        public int maxSectors;
        public int maxSegments;
        public int maxSegmentSize;
        public long segBoundaryMask;
        public long virtBoundaryMask;
        public int dmaAlignmentMask;
        public int maxDiscardSectors;
        public int discardGranularity;
        public int maxWriteZeroesSectors;
        public boolean volatileCache;
        public boolean fua;
        public boolean rotational;
        public boolean noMerges;

        private Builder(QueueLimits from) {
            logicalBlockSize = from.logicalBlockSize;
            physicalBlockSize = from.physicalBlockSize;
            ioMin = from.ioMin;
            ioOpt = from.ioOpt;
            chunkSectors = from.chunkSectors;
            maxSectors = from.maxSectors;
            maxSegments = from.maxSegments;
            maxSegmentSize = from.maxSegmentSize;
            segBoundaryMask = from.segBoundaryMask;
            virtBoundaryMask = from.virtBoundaryMask;
            dmaAlignmentMask = from.dmaAlignmentMask;
            maxDiscardSectors = from.maxDiscardSectors;
            discardGranularity = from.discardGranularity;
            maxWriteZeroesSectors = from.maxWriteZeroesSectors;
            volatileCache = from.volatileCache;
            fua = from.fua;
            rotational = from.rotational;
            noMerges = from.noMerges;
        }

        /// Narrows these limits to what the device below also allows.
        /// @kernel block/blk-settings.c `blk_stack_limits`
        public Builder stack(QueueLimits below) {
            logicalBlockSize = Math.max(logicalBlockSize, below.logicalBlockSize);
            physicalBlockSize = Math.max(physicalBlockSize, below.physicalBlockSize);
            ioMin = Math.max(ioMin, below.ioMin);
            ioOpt = lcmNotZero(ioOpt, below.ioOpt);
            chunkSectors = gcd(chunkSectors, below.chunkSectors);
            maxSectors = minNotZero(maxSectors, below.maxSectors);
            maxSegments = minNotZero(maxSegments, below.maxSegments);
            maxSegmentSize = minNotZero(maxSegmentSize, below.maxSegmentSize);
            segBoundaryMask = minMaskNotZero(segBoundaryMask, below.segBoundaryMask);
            virtBoundaryMask = minMaskNotZero(virtBoundaryMask, below.virtBoundaryMask);
            dmaAlignmentMask = Math.max(dmaAlignmentMask, below.dmaAlignmentMask);
            maxDiscardSectors = minNotZero(maxDiscardSectors, below.maxDiscardSectors);
            discardGranularity = Math.max(discardGranularity, below.discardGranularity);
            maxWriteZeroesSectors = Math.min(maxWriteZeroesSectors, below.maxWriteZeroesSectors);
            volatileCache |= below.volatileCache;
            fua |= below.fua;
            rotational |= below.rotational;
            noMerges |= below.noMerges;
            alignToBlocks();
            return this;
        }

        private void alignToBlocks() {
            if (physicalBlockSize % logicalBlockSize != 0) {
                physicalBlockSize = logicalBlockSize;
            }
            if (ioMin % physicalBlockSize != 0) {
                ioMin = physicalBlockSize;
            }
            if (ioOpt % physicalBlockSize != 0) {
                ioOpt = 0;
            }
            if (chunkSectors % (physicalBlockSize >> 9) != 0) {
                chunkSectors = 0;
            }
            final int blockSectors = logicalBlockSize >> 9;
            if (maxSectors != UNLIMITED) {
                maxSectors = Math.max(blockSectors, maxSectors - maxSectors % blockSectors);
            }
        }

        public QueueLimits build() {
            return new QueueLimits(
                    logicalBlockSize,
                    physicalBlockSize,
                    ioMin,
                    ioOpt,
                    chunkSectors,
                    maxSectors,
                    maxSegments,
                    maxSegmentSize,
                    segBoundaryMask,
                    virtBoundaryMask,
                    dmaAlignmentMask,
                    maxDiscardSectors,
                    discardGranularity,
                    maxWriteZeroesSectors,
                    volatileCache,
                    fua,
                    rotational,
                    noMerges);
        }

        private static int minNotZero(int a, int b) {
            return a == 0 ? b : b == 0 ? a : Math.min(a, b);
        }

        private static long minMaskNotZero(long a, long b) {
            if (a == 0 || b == 0) {
                return a | b;
            }
            return Long.compareUnsigned(a, b) < 0 ? a : b;
        }

        private static int gcd(int a, int b) {
            int x = a;
            int y = b;
            while (y != 0) {
                final int rest = x % y;
                x = y;
                y = rest;
            }
            return x;
        }

        private static int lcmNotZero(int a, int b) {
            if (a == 0 || b == 0) {
                return Math.max(a, b);
            }
            final long lcm = (long) a / gcd(a, b) * b;
            return lcm > Integer.MAX_VALUE ? 0 : (int) lcm;
        }
    }
}
