package io.dmctl.targets.spi;

import org.jspecify.annotations.Nullable;

/// One piece of I/O on its way through a target. Bios come from bounded pools and are reused: keep no reference after
/// completion.
///
/// Thread rule: only the thread that maps it, or that it was posted to, touches a bio. Sectors are 512 bytes.
///
/// @kernel include/linux/blk_types.h `struct bio`
@HotPath
public abstract class Bio {
    protected Bio() {}

    public abstract ReqOp op();

    /// Bits of [BioFlags].
    public abstract int flags();

    /// The first sector: of the mapped device before map, of the lower device after [#remap].
    public abstract long sector();

    public abstract int sectors();

    /// Which of the duplicates this is, from 0 (flush, discard, write zeroes with more than one bio a target).
    public abstract int bioNr();

    /// What [Target#newPerIo()] made for this bio of the pool, or null.
    public abstract @Nullable Object perIo();

    /// Where the bytes are.
    public abstract Data data();

    /// Leads the bio to `sector` of `dev`; answered with [MapResult#REMAPPED].
    public abstract void remap(LowerDevice dev, long sector);

    /// Where it was remapped to; null before.
    public abstract @Nullable LowerDevice device();

    /// Shortens the bio, while it is mapped, to its first `sectors`; the core maps the rest as another bio. READ and
    /// WRITE only.
    public abstract void acceptPartial(int sectors);

    /// Reduces a duplicate to a part of its range (`sector` as remapped).
    public abstract void trim(long sector, int sectors);

    /// 0 or `-errno`.
    public abstract int status();

    public abstract void status(int negErrno);
}
