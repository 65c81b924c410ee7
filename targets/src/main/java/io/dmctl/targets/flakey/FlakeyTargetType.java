package io.dmctl.targets.flakey;

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

/// A device that fails for some seconds again and again. @kernel drivers/md/dm-flakey.c
public final class FlakeyTargetType implements TargetType {
    private static final int LEAST_ARGUMENTS = 4;
    private static final int UP = 2;
    private static final long UINT_MAX = 0xffff_ffffL;

    @Override
    public String name() {
        return "flakey";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 5, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() >= LEAST_ARGUMENTS ? List.of(new DeviceArg(0, args.word(0))) : List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        if (args.count() < LEAST_ARGUMENTS) {
            throw new TargetException("Invalid argument count", EINVAL, args.count());
        }
        final DeviceArg device = args.device("Invalid argument count");
        final long startSector = args.sectors("Invalid device sector");
        final long upSeconds = args.arg(0, UINT_MAX, "Invalid up interval");
        final long downSeconds = args.arg(0, UINT_MAX, "Invalid down interval");
        // The kernel adds them in 32 bits, and asks for 0 first.
        if ((int) (upSeconds + downSeconds) == 0) {
            throw new TargetException("Total (up + down) interval is zero", EINVAL, UP);
        }
        if (upSeconds + downSeconds > UINT_MAX) {
            throw new TargetException("Interval overflow", EINVAL, UP);
        }
        final FlakeyFeatures features = new FeatureReader(args).read();
        final LowerDevice dev = Lookup.device(ti, device, "Device lookup failed");
        return new FlakeyTarget(ti, dev, startSector, new Intervals(ti.nowNs(), upSeconds, downSeconds), features);
    }
}
