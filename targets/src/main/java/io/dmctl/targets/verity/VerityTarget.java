package io.dmctl.targets.verity;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetLimits;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Reads go to the data device; what they brought is checked, in the reader's buffer, when they are done.
///
/// All state of the I/O path is the thread's own ([VerityQueue]); shared are only the bits of the blocks that need no
/// second check and what the status tells.
///
/// @kernel drivers/md/dm-verity-target.c
final class VerityTarget implements Target {
    static final String METADATA = "metadata";
    static final String DATA = "data";

    private static final System.Logger LOG = System.getLogger(VerityTarget.class.getName());
    /// @kernel drivers/md/dm-verity-target.c `DM_VERITY_MAX_CORRUPTED_ERRS`
    private static final int MOST_LOGGED = 100;

    private final long beginSector;
    private final long lenSectors;
    private final VerityParams params;
    private final int blockShift;
    private final Arena arena = Arena.ofShared();
    private final AtomicReference<@Nullable VerityQueue[]> queues = new AtomicReference<>(new VerityQueue[0]);
    private final Completion hashRead = (own, q) -> queue(q).hashRead(own, q);
    private final Completion repairRead = (own, q) -> queue(q).repairRead(own, q);
    private final @Nullable CheckedBlocks checked;
    private final byte @Nullable [] zeroDigest;
    private final MemorySegment zeroBlock;
    private final AtomicInteger mismatches = new AtomicInteger();
    private final AtomicLong corrected = new AtomicLong();
    private volatile boolean hashFailed;
    private volatile int epoch;

    VerityTarget(TargetContext ti, VerityParams params) {
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.params = params;
        this.blockShift = Integer.numberOfTrailingZeros(params.dataBlockSectors());
        final VerityOptions options = params.options();
        checked = options.checkAtMostOnce() ? new CheckedBlocks(params.tree().dataBlocks(), arena) : null;
        zeroDigest = options.ignoreZeroBlocks() ? params.dataHasher().zeroDigest() : null;
        zeroBlock = MemorySegment.ofArray(new byte[params.dataBlockBytes()]);
    }

    /// The kernel flushes nothing for it, and refuses discards.
    @Override
    public TargetLimits limits() {
        return TargetLimits.NONE;
    }

    @Override
    public VerityIo newPerIo() {
        return new VerityIo(params.tree().digestBytes());
    }

    static VerityIo ioOf(Bio bio) {
        return (VerityIo) Objects.requireNonNull(bio.perIo());
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final long offset = bio.sector() - beginSector;
        final int mask = params.dataBlockSectors() - 1;
        if (((offset | bio.sectors()) & mask) != 0
                || (offset + bio.sectors()) >>> blockShift > params.tree().dataBlocks()
                || bio.op() != ReqOp.READ) {
            return MapResult.KILL;
        }
        if (q.bounce(bio) == null) {
            return MapResult.PARK;
        }
        final VerityIo io = ioOf(bio);
        io.start(offset >>> blockShift, bio.sectors() >>> blockShift);
        queue(q).prefetch(io.firstBlock, io.blocks, q);
        bio.remap(params.dataDev(), offset);
        return MapResult.REMAPPED;
    }

    @Override
    @HotPath
    public EndIoResult endIo(Bio bio, QueueContext q) {
        if (bio.status() != 0 && params.fec() == null) {
            ioError();
            return EndIoResult.DONE;
        }
        final VerityIo io = ioOf(bio);
        io.bio = bio;
        return queue(q).verify(io, q) ? EndIoResult.DONE : EndIoResult.INCOMPLETE;
    }

    /// What found no own bio goes on.
    @Override
    public void work(Domain owner, QueueContext q) {
        queue(q).goOn(q);
    }

    @HotPath
    private VerityQueue queue(QueueContext q) {
        final int index = q.threadIndex();
        final @Nullable VerityQueue[] all = Objects.requireNonNull(queues.get());
        final VerityQueue queue = index < all.length ? all[index] : null;
        return queue != null ? queue : addQueue(index);
    }

    /// Once a thread.
    private VerityQueue addQueue(int index) {
        final VerityQueue made = new VerityQueue(this, params);
        while (true) {
            final @Nullable VerityQueue[] before = Objects.requireNonNull(queues.get());
            final @Nullable VerityQueue[] after = Arrays.copyOf(before, Math.max(before.length, index + 1));
            after[index] = made;
            if (queues.compareAndSet(before, after)) {
                return made;
            }
        }
    }

    // ---- for the queues ----

    /// Owns the memory of all queues.
    Arena arena() {
        return arena;
    }

    Completion hashRead() {
        return hashRead;
    }

    Completion repairRead() {
        return repairRead;
    }

    /// Changes when hash blocks must be read anew.
    int epoch() {
        return epoch;
    }

    @HotPath
    boolean checked(long block) {
        final CheckedBlocks c = checked;
        return c != null && c.has(block);
    }

    @HotPath
    void setChecked(long block) {
        final CheckedBlocks c = checked;
        if (c != null && !c.has(block)) {
            c.add(block);
        }
    }

    boolean ignoresZeroBlocks() {
        return zeroDigest != null;
    }

    @HotPath
    boolean isZeroDigest(byte[] digest) {
        final byte[] zero = zeroDigest;
        return zero != null && Arrays.equals(zero, digest);
    }

    MemorySegment zeroBlock() {
        return zeroBlock;
    }

    void countCorrected() {
        corrected.incrementAndGet();
    }

    /// A wrong digest that nothing could mend. True: the block is to be used all the same.
    ///
    /// @kernel drivers/md/dm-verity-target.c `verity_handle_err`
    boolean mismatch(String kind, long block) {
        hashFailed = true;
        final int before = mismatches.getAndUpdate(n -> Math.min(n + 1, MOST_LOGGED));
        if (before < MOST_LOGGED) {
            final String dev = params.dataDev().name();
            LOG.log(Level.ERROR, "verity: {0}: {1} block {2} is corrupted", dev, kind, Long.toString(block));
            if (before + 1 == MOST_LOGGED) {
                LOG.log(Level.ERROR, "verity: {0}: reached maximum errors", dev);
            }
        }
        return switch (params.options().mode()) {
            case EIO -> false;
            case LOGGING -> true;
            case RESTART -> throw new VerityFailure("dm-verity device corrupted (restart_on_corruption)");
            case PANIC -> throw new VerityFailure("dm-verity device corrupted (panic_on_corruption)");
        };
    }

    /// A read failed, not for its digest.
    ///
    /// @kernel drivers/md/dm-verity-target.c `verity_finish_io`
    void ioError() {
        switch (params.options().errorMode()) {
            case EIO, LOGGING -> {}
            case RESTART -> throw new VerityFailure("dm-verity device has I/O error (restart_on_error)");
            case PANIC -> throw new VerityFailure("dm-verity device has I/O error (panic_on_error)");
        }
    }

    // ---- control ----

    /// Hash blocks may be other ones after a suspend, as in the kernel.
    @Override
    public void postsuspend() {
        final int next = epoch + 1; // one control thread at a time
        epoch = next;
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {
                out.text(hashFailed ? "C" : "V");
                out.text(params.fec() == null ? " -" : " " + corrected.get());
            }
            case TABLE -> VerityTable.write(out, params);
        }
    }

    /// @kernel drivers/md/dm-verity-target.c `verity_io_hints`
    @Override
    public void ioHints(QueueLimits.Builder limits) {
        limits.logicalBlockSize = Math.max(limits.logicalBlockSize, params.dataBlockBytes());
        limits.physicalBlockSize = Math.max(limits.physicalBlockSize, limits.logicalBlockSize);
        limits.ioMin = Math.max(limits.ioMin, limits.physicalBlockSize);
        limits.dmaAlignmentMask = limits.logicalBlockSize - 1;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(params.dataDev(), 0, lenSectors);
    }

    @Override
    public void close() {
        arena.close();
    }
}
