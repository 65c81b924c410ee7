package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;

/// The modes of fallocate(2) and the flags of preadv2(2) that the I/O path uses.
public final class Falloc {
    public static final int KEEP_SIZE = Libc.FALLOC_FL_KEEP_SIZE();
    public static final int PUNCH_HOLE = Libc.FALLOC_FL_PUNCH_HOLE();
    public static final int ZERO_RANGE = Libc.FALLOC_FL_ZERO_RANGE();
    /// On a block device with PUNCH_HOLE: a discard, which need not read as zeros. Newer kernels refuse it (EOPNOTSUPP)
    /// and take the ring's own command.
    public static final int NO_HIDE_STALE = Libc.FALLOC_FL_NO_HIDE_STALE();
    /// The write is durable when it completes.
    public static final int RWF_DSYNC = Libc.RWF_DSYNC();

    private Falloc() {}
}
