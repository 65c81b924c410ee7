package io.dmctl.targets.flakey;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;

/// A bio's operation and flags in the kernel's numbers, which the mask of corrupt_bio_byte is made of. Those that no
/// transport delivers (SYNC, IDLE, RAHEAD and others) are never set.
///
/// @kernel include/linux/blk_types.h `enum req_op` `enum req_flag_bits`
final class KernelFlags {
    private static final int OP_WRITE = 1;
    private static final int META = 1 << 12;
    private static final int FUA = 1 << 17;
    private static final int SWAP = 1 << 24;

    private KernelFlags() {}

    /// Of a READ or WRITE.
    @HotPath
    static int of(Bio bio) {
        final int flags = bio.flags();
        return (bio.op() == ReqOp.WRITE ? OP_WRITE : 0)
                | ((flags & BioFlags.META) != 0 ? META : 0)
                | ((flags & BioFlags.FUA) != 0 ? FUA : 0)
                | ((flags & BioFlags.SWAP) != 0 ? SWAP : 0);
    }
}
