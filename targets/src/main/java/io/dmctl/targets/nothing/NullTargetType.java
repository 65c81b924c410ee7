package io.dmctl.targets.nothing;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// Does nothing, for measurements of everything else. The kernel has none; its null_blk driver comes nearest.
public final class NullTargetType implements TargetType {
    @Override
    public String name() {
        return "null";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 0, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        args.requireCount(0, "No arguments required");
        return new NullTarget();
    }
}
