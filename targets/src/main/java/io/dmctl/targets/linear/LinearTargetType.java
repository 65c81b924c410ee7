package io.dmctl.targets.linear;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// A range of one device. @kernel drivers/md/dm-linear.c
public final class LinearTargetType implements TargetType {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 5, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() == 2 ? List.of(new DeviceArg(0, args.word(0))) : List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        args.requireCount(2, "Invalid argument count");
        final DeviceArg device = args.device("Invalid argument count");
        // The kernel reads the sector before it looks the device up, and so decides which of two faults is told.
        final long startSector = args.sectors("Invalid device sector");
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException("Device lookup failed: " + e.getMessage(), e.errno(), device.index());
        }
        return new LinearTarget(ti.beginSector(), ti.lenSectors(), dev, startSector);
    }
}
