package io.dmctl.targets.dust;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetLimits;

/// Reads of bad blocks fail, and a write mends them, while that is enabled.
///
/// @kernel drivers/md/dm-dust.c
final class DustTarget implements Target {
    private final TargetLimits limits;
    private final long beginSector;
    private final long lenSectors;
    private final LowerDevice dev;
    private final long startSector;
    private final int blockBytes;
    private final int blockShift;
    private final BadBlocks blocks;
    private final DustMessages messages;

    DustTarget(TargetContext ti, LowerDevice dev, long startSector, int blockBytes) throws TargetException {
        this.limits = new TargetLimits(blockBytes >> 9, 1, 1, 0, false, false, false);
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.dev = dev;
        this.startSector = startSector;
        this.blockBytes = blockBytes;
        this.blockShift = Integer.numberOfTrailingZeros(blockBytes >> 9);
        this.blocks = new BadBlocks(ti);
        this.messages = new DustMessages(blocks, dev, blockShift);
    }

    @Override
    public TargetLimits limits() {
        return limits;
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final long sector = startSector + (bio.sector() - beginSector);
        bio.remap(dev, sector);
        if (blocks.failReads() && fails(bio.op(), sector)) {
            return MapResult.KILL;
        }
        return MapResult.REMAPPED;
    }

    private boolean fails(ReqOp op, long sector) {
        return switch (op) {
            case READ -> blocks.contains(sector >>> blockShift);
            case WRITE, DISCARD, WRITE_ZEROES -> blocks.writeFails(sector >>> blockShift);
            // To the kernel's target a flush is a write of no bytes at the device's sector 0, not at the target's
            // begin.
            case FLUSH -> blocks.writeFails((startSector - beginSector) >>> blockShift);
        };
    }

    @Override
    public String message(TargetArgs args) throws TargetException {
        return messages.handle(args);
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO ->
                out.text(dev.name())
                        .text(blocks.failReads() ? " fail_read_on_bad_block" : " bypass")
                        .text(blocks.quiet() ? " quiet" : " verbose");
            case TABLE ->
                out.text(dev.name()).text(" ").number(startSector).text(" ").number(blockBytes);
        }
    }

    /// A discard that was merged would mend the first block only.
    @Override
    public void ioHints(QueueLimits.Builder hints) {
        hints.noMerges = true;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, startSector, lenSectors);
    }
}
