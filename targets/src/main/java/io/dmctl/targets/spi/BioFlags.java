package io.dmctl.targets.spi;

/// Bits of [Bio#flags()]. @kernel include/linux/blk_types.h `enum req_flag_bits`
public final class BioFlags {
    /// The data is on stable storage when the bio completes.
    public static final int FUA = 1;
    /// A flush goes before the data. The core takes it apart: a target sees a FLUSH, then the data without this bit.
    public static final int PREFLUSH = 1 << 1;
    /// WRITE_ZEROES must keep the blocks allocated.
    public static final int NOUNMAP = 1 << 2;
    /// File-system metadata.
    public static final int META = 1 << 3;
    /// Swap I/O.
    public static final int SWAP = 1 << 4;

    private BioFlags() {}
}
