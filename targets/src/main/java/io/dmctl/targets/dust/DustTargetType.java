package io.dmctl.targets.dust;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import io.dmctl.targets.support.Lookup;
import java.util.List;

/// A device with bad blocks. @kernel drivers/md/dm-dust.c
public final class DustTargetType implements TargetType {
    private static final int ARGUMENTS = 3;
    private static final int BLOCK_BYTES = 2;
    private static final long MAX_BLOCK_SECTORS = 2_097_152;

    @Override
    public String name() {
        return "dust";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 0, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() == ARGUMENTS ? List.of(new DeviceArg(0, args.word(0))) : List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        args.requireCount(ARGUMENTS, "Invalid argument count");
        args.seek(BLOCK_BYTES); // the kernel looks at the last one first
        final int blockBytes = blockBytes(args.uint("Invalid block size parameter"), ti.lenSectors());
        args.seek(0);
        final DeviceArg device = args.device("Invalid argument count");
        final long startSector = args.sectors("Invalid device offset sector");
        final LowerDevice dev = Lookup.deviceOrInvalid(ti, device, "Device lookup failed");
        return new DustTarget(ti, dev, startSector, blockBytes);
    }

    private static int blockBytes(long bytes, long lenSectors) throws TargetException {
        if (bytes == 0) {
            throw refuse("Invalid block size parameter");
        }
        if (bytes < 512) {
            throw refuse("Block size must be at least 512");
        }
        if (Long.bitCount(bytes) != 1) {
            throw refuse("Block size must be a power of 2");
        }
        if (bytes >> 9 > Math.min(lenSectors, MAX_BLOCK_SECTORS)) {
            throw refuse("Block size is too large");
        }
        return (int) bytes;
    }

    private static TargetException refuse(String text) {
        return new TargetException(text, EINVAL, BLOCK_BYTES);
    }
}
