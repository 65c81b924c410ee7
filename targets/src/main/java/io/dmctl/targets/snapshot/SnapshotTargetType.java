package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// A snapshot of an origin. @kernel drivers/md/dm-snap.c `snapshot_target`
public final class SnapshotTargetType implements TargetType {
    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 16, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return SnapshotCtr.deviceArgs(args);
    }

    @Override
    public List<DeviceArg> sharedDevices(TargetArgs args) {
        return SnapshotCtr.sharedDevices(args);
    }

    @Override
    public boolean recovers(TargetArgs args) {
        return SnapshotCtr.recovers(args);
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        return new SnapshotCtr(ti, SnapshotArgs.read(ti, args), false).make(SnapshotTarget::new);
    }
}
