package io.dmctl.targets.unstriped;

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

/// One stripe of a striped device. @kernel drivers/md/dm-unstripe.c
public final class UnstripedTargetType implements TargetType {
    private static final int ARGUMENTS = 5;
    private static final int CHUNK = 1;
    private static final int STRIPE = 2;
    private static final int DEVICE = 3;

    @Override
    public String name() {
        return "unstriped";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 1, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() == ARGUMENTS ? List.of(new DeviceArg(DEVICE, args.word(DEVICE))) : List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        args.requireCount(ARGUMENTS, "Invalid number of arguments");
        final long stripes = notZero(args.uint("Invalid stripe count"), "Invalid stripe count", 0);
        final long chunkSectors = notZero(args.uint("Invalid chunk_size"), "Invalid chunk_size", CHUNK);
        final long stripe = args.uint("Invalid stripe number");
        // The kernel lets the stripe past the last one through, and any stripe of one.
        if (stripe > stripes && stripes > 1) {
            throw new TargetException("Please provide stripe between [0, # of stripes]", EINVAL, STRIPE);
        }
        final DeviceArg device = args.device("Couldn't get striped device");
        final LowerDevice dev = Lookup.deviceOrInvalid(ti, device, "Couldn't get striped device");
        final long startSector = args.sectors("Invalid striped device offset");
        if (ti.lenSectors() % chunkSectors != 0) {
            throw new TargetException("Target length not divisible by chunk size", EINVAL, CHUNK);
        }
        return new UnstripedTarget(ti, stripes, chunkSectors, stripe, dev, startSector);
    }

    private static long notZero(long value, String error, int argument) throws TargetException {
        if (value == 0) {
            throw new TargetException(error, EINVAL, argument);
        }
        return value;
    }
}
