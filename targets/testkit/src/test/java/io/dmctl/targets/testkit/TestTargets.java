package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import io.dmctl.targets.spi.TargetLimits;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;
import java.util.Set;

/// Small targets for tests of the core.
final class TestTargets {
    private TestTargets() {}

    /// Makes a target of the one device that its line names.
    @FunctionalInterface
    interface Ctr {
        Target make(TargetContext ti, LowerDevice dev) throws TargetException;
    }

    /// A type `name` whose lines are `<device>`.
    record OneDeviceType(String name, Set<TargetFeature> features, Ctr ctr) implements TargetType {
        OneDeviceType(String name, Ctr ctr) {
            this(name, Set.of(), ctr);
        }

        @Override
        public TargetVersion version() {
            return new TargetVersion(1, 0, 0);
        }

        @Override
        public List<DeviceArg> deviceArgs(TargetArgs args) {
            return args.count() == 1 ? List.of(new DeviceArg(0, args.word(0))) : List.of();
        }

        @Override
        public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
            args.requireCount(1, "Invalid argument count");
            return ctr.make(ti, ti.getDevice(args.device("no device")));
        }
    }

    /// Maps straight through; subclasses change what they test.
    static class PassThrough implements Target {
        final TargetContext ti;
        final LowerDevice dev;

        PassThrough(TargetContext ti, LowerDevice dev) {
            this.ti = ti;
            this.dev = dev;
        }

        @Override
        public TargetLimits limits() {
            return new TargetLimits(0, 1, 1, 1, false, false, false);
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            bio.remap(dev, bio.sector() - ti.beginSector());
            return MapResult.REMAPPED;
        }

        @Override
        public void status(StatusSink out, StatusType type, boolean noflush) {
            out.text(dev.name());
        }

        @Override
        public void iterateDevices(DeviceVisitor visitor) {
            visitor.visit(dev, 0, ti.lenSectors());
        }
    }
}
