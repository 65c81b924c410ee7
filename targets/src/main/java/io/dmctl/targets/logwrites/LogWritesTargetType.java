package io.dmctl.targets.logwrites;

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

/// A device and a log of what was written to it. @kernel drivers/md/dm-log-writes.c
public final class LogWritesTargetType implements TargetType {
    private static final String COUNT = "Invalid argument count";

    @Override
    public String name() {
        return "log-writes";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 1, 0);
    }

    /// The place in the log, and what was not flushed, are lost with the process.
    @Override
    public Set<TargetFeature> features() {
        return Set.of(TargetFeature.RECOVER_NONE);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() < 2 ? List.of() : List.of(new DeviceArg(0, args.word(0)), new DeviceArg(1, args.word(1)));
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        if (args.count() < 2) { // more are ignored, as by the kernel
            args.requireCount(2, COUNT);
        }
        final LowerDevice dev = open(ti, args.device(COUNT), "Device lookup failed");
        final LowerDevice logDev = open(ti, args.device(COUNT), "Log device lookup failed");
        return new LogWritesTarget(ti, dev, logDev);
    }

    private static LowerDevice open(TargetContext ti, DeviceArg arg, String error) throws TargetException {
        try {
            return ti.getDevice(arg);
        } catch (TargetException e) {
            throw new TargetException(error + ": " + e.getMessage(), e.errno(), arg.index());
        }
    }
}
