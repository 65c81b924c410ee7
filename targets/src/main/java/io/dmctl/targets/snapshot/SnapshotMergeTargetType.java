package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// A snapshot that is written back to its origin. @kernel drivers/md/dm-snap.c `merge_target`
public final class SnapshotMergeTargetType implements TargetType {
    @Override
    public String name() {
        return "snapshot-merge";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 5, 0);
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
        final SnapshotArgs read = SnapshotArgs.read(ti, args);
        if (!read.persistent()) {
            throw TargetException.invalid("Snapshot exception store does not support snapshot-merge.");
        }
        return new SnapshotCtr(ti, read, true).make(MergeTarget::new);
    }
}
