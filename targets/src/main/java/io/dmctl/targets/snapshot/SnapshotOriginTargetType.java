package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// A device that has snapshots. @kernel drivers/md/dm-snap.c `origin_target`
public final class SnapshotOriginTargetType implements TargetType {
    @Override
    public String name() {
        return "snapshot-origin";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 9, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() == 1 ? List.of(new DeviceArg(0, args.word(0))) : List.of();
    }

    @Override
    public List<DeviceArg> sharedDevices(TargetArgs args) {
        return deviceArgs(args);
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        args.requireCount(1, "origin: incorrect number of arguments");
        final DeviceArg device = args.device("origin: incorrect number of arguments");
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException("Cannot get target device: " + e.getMessage(), e.errno(), device.index());
        }
        return new OriginTarget(ti, dev, Origins.acquire(ti, dev));
    }
}
