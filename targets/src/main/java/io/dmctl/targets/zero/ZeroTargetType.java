package io.dmctl.targets.zero;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// Reads zeros, drops writes. @kernel drivers/md/dm-zero.c
public final class ZeroTargetType implements TargetType {
    @Override
    public String name() {
        return "zero";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 2, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        args.requireCount(0, "No arguments required");
        return new ZeroTarget();
    }
}
