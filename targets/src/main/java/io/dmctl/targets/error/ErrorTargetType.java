package io.dmctl.targets.error;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;
import java.util.Set;

/// Fails all I/O. @kernel drivers/md/dm-target.c `io_err_ctr`
public final class ErrorTargetType implements TargetType {
    @Override
    public String name() {
        return "error";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 7, 0);
    }

    @Override
    public Set<TargetFeature> features() {
        return Set.of(TargetFeature.WILDCARD);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() == 2 ? List.of(new DeviceArg(0, args.word(0))) : List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        if (args.count() != 2) { // any other number is ignored, as the kernel does
            return new ErrorTarget(null, 0, ti.lenSectors());
        }
        final DeviceArg device = args.device("Device lookup failed");
        final long startSector = args.sectors("Invalid device sector");
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException("Device lookup failed: " + e.getMessage(), e.errno(), device.index());
        }
        return new ErrorTarget(dev, startSector, ti.lenSectors());
    }
}
