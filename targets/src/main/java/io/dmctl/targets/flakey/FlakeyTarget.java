package io.dmctl.targets.flakey;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetLimits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Passes everything on while up; while down, what the features say.
///
/// @kernel drivers/md/dm-flakey.c
final class FlakeyTarget implements Target {
    private static final TargetLimits LIMITS = new TargetLimits(0, 1, 1, 0, false, false, false);
    private static final int EIO = -5;
    /// What one corrupted write has at most; the rest is a bio of its own. @kernel drivers/md/dm-flakey.c `clone_bio`
    private static final int MAX_COPY_SECTORS = (4 << 20) >> 9;

    private final long beginSector;
    private final long lenSectors;
    private final LowerDevice dev;
    private final long startSector;
    private final Intervals intervals;
    private final FlakeyFeatures features;
    private final Dice dice;
    private final CopyBuffers copies = new CopyBuffers();

    /// A bio that is, or is to be, corrupted. Its thread's.
    private static final class Corruption {
        /// Where the bytes of a READ will be.
        @Nullable
        MemorySegment read;

        long readOffset;

        /// Where those of a WRITE are.
        @Nullable
        CopyBuffer written;
    }

    FlakeyTarget(TargetContext ti, LowerDevice dev, long startSector, Intervals intervals, FlakeyFeatures features) {
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.dev = dev;
        this.startSector = startSector;
        this.intervals = intervals;
        this.features = features;
        this.dice = new Dice(intervals.startNs());
    }

    @Override
    public TargetLimits limits() {
        return LIMITS;
    }

    @Override
    public @Nullable Object newPerIo() {
        return features.corrupts() ? new Corruption() : null;
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        if (!intervals.down(q)) {
            return pass(bio);
        }
        return bio.op() == ReqOp.READ ? mapReadDown(bio, q) : mapWriteDown(bio, q);
    }

    private MapResult pass(Bio bio) {
        bio.remap(dev, startSector + (bio.sector() - beginSector));
        return MapResult.REMAPPED;
    }

    private MapResult mapReadDown(Bio bio, QueueContext q) {
        if (features.errorReads()) {
            return MapResult.KILL;
        }
        if (features.corruptsReads()) {
            final MemorySegment bytes = q.bounce(bio);
            if (bytes == null) {
                return MapResult.PARK;
            }
            final Corruption corruption = corruption(bio);
            corruption.read = bytes;
            corruption.readOffset = bio.data().offsetBytes();
        }
        return pass(bio);
    }

    private static Corruption corruption(Bio bio) {
        return (Corruption) Objects.requireNonNull(bio.perIo());
    }

    /// All but reads: flushes and discards fail and are dropped like writes.
    private MapResult mapWriteDown(Bio bio, QueueContext q) {
        if (features.dropWrites()) {
            q.complete(bio);
            return MapResult.SUBMITTED;
        }
        if (features.errorWrites()) {
            bio.status(EIO);
            q.complete(bio);
            return MapResult.SUBMITTED;
        }
        if (bio.op() == ReqOp.WRITE && features.corruptsWrites()) {
            final boolean fixed = features.fixedInWrites() && flagsMatch(bio);
            final boolean random = happens(features.randomWrite());
            if (fixed || random) {
                return mapCorrupted(bio, q, fixed, random);
            }
        }
        return pass(bio);
    }

    /// The caller's bytes stay as they are: the device gets a copy.
    private MapResult mapCorrupted(Bio bio, QueueContext q, boolean fixed, boolean random) {
        final CopyBuffer copy = copies.of(q.threadIndex());
        final MemorySegment from = copy.busy() ? null : q.bounce(bio);
        if (from == null) {
            return MapResult.PARK; // mapped again when a bio of this thread is done
        }
        if (bio.sectors() > MAX_COPY_SECTORS) {
            bio.acceptPartial(MAX_COPY_SECTORS);
        }
        final MemorySegment bytes = copy.take(bio, from);
        corruption(bio).written = copy;
        corrupt(bytes, 0, bio, fixed, random);
        return pass(bio);
    }

    @Override
    @HotPath
    public EndIoResult endIo(Bio bio, QueueContext q) {
        final Corruption corruption = (Corruption) bio.perIo();
        if (corruption == null) {
            return EndIoResult.DONE;
        }
        final MemorySegment read = corruption.read;
        if (read != null) {
            corruption.read = null;
            if (bio.status() == 0) {
                final boolean fixed = features.fixedInReads() && flagsMatch(bio);
                corrupt(read, corruption.readOffset, bio, fixed, happens(features.randomRead()));
            }
        }
        final CopyBuffer written = corruption.written;
        if (written != null) {
            corruption.written = null;
            written.release();
        }
        return EndIoResult.DONE;
    }

    private boolean flagsMatch(Bio bio) {
        final int mask = features.corruptFlags();
        return mask == 0 || (KernelFlags.of(bio) & mask) == mask;
    }

    private boolean happens(int probability) {
        return probability > 0 && dice.below(FlakeyFeatures.PROBABILITY_BASE) < probability;
    }

    private void corrupt(MemorySegment bytes, long offset, Bio bio, boolean fixed, boolean random) {
        final long length = (long) bio.sectors() << 9;
        if (fixed && features.corruptByte() <= length) {
            bytes.set(ValueLayout.JAVA_BYTE, offset + features.corruptByte() - 1, (byte) features.corruptValue());
        }
        if (random) {
            bytes.set(ValueLayout.JAVA_BYTE, offset + dice.below(length), (byte) dice.next());
        }
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {}
            case TABLE -> {
                out.text(dev.name()).text(" ").number(startSector).text(" ");
                out.number(intervals.upSeconds())
                        .text(" ")
                        .number(intervals.downSeconds())
                        .text(" ");
                features.print(out);
            }
        }
    }

    /// Bytes are counted, and dice thrown, for each bio.
    @Override
    public void ioHints(QueueLimits.Builder limits) {
        limits.noMerges |= features.corrupts();
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, startSector, lenSectors);
    }

    @Override
    public void close() {
        copies.close();
    }
}
