package io.dmctl.lab.parity;

/// What T2 does to a device. The kinds have weights; sectors are 512 bytes.
///
/// @param count operations a table
/// @param alignSectors offsets and lengths are multiples of it
/// @param maxSectors the longest operation
/// @param parallel how many operations on disjoint ranges are in flight together; 1 where the order decides the bytes
/// @param unitSectors operations in flight together share no unit of this size
public record OpMix(
        int count,
        int reads,
        int writes,
        int fuaWrites,
        int discards,
        int writeZeroes,
        int flushes,
        int alignSectors,
        int maxSectors,
        int parallel,
        int unitSectors) {
    private static final int MIB_SECTORS = 2048;

    /// Everything, 512 B to 1 MiB, four together.
    public static final OpMix ALL = new OpMix(100, 6, 6, 2, 2, 2, 1, 1, MIB_SECTORS, 4, 1);

    public OpMix count(int newCount) {
        return new OpMix(
                newCount,
                reads,
                writes,
                fuaWrites,
                discards,
                writeZeroes,
                flushes,
                alignSectors,
                maxSectors,
                parallel,
                unitSectors);
    }

    public OpMix sizes(int newAlignSectors, int newMaxSectors) {
        return new OpMix(
                count,
                reads,
                writes,
                fuaWrites,
                discards,
                writeZeroes,
                flushes,
                newAlignSectors,
                newMaxSectors,
                parallel,
                unitSectors);
    }

    /// One operation after the other.
    public OpMix sequential() {
        return together(1, unitSectors);
    }

    public OpMix together(int newParallel, int newUnitSectors) {
        return new OpMix(
                count,
                reads,
                writes,
                fuaWrites,
                discards,
                writeZeroes,
                flushes,
                alignSectors,
                maxSectors,
                newParallel,
                newUnitSectors);
    }

    /// Neither discards nor write zeroes: for targets whose result for them is free.
    public OpMix noRangeOps() {
        return new OpMix(
                count, reads, writes, fuaWrites, 0, 0, flushes, alignSectors, maxSectors, parallel, unitSectors);
    }

    public OpMix flushes(int newFlushes) {
        return new OpMix(
                count,
                reads,
                writes,
                fuaWrites,
                discards,
                writeZeroes,
                newFlushes,
                alignSectors,
                maxSectors,
                parallel,
                unitSectors);
    }

    public OpMix readOnly() {
        return new OpMix(count, reads, 0, 0, 0, 0, 0, alignSectors, maxSectors, parallel, unitSectors);
    }
}
