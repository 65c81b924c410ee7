package io.dmctl.targets.delay;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import io.dmctl.targets.support.Lookup;
import java.util.ArrayList;
import java.util.List;

/// Delays reads, writes and flushes, and may send each to another device. @kernel drivers/md/dm-delay.c
public final class DelayTargetType implements TargetType {
    /// Arguments of a class.
    private static final int EACH = 3;

    private static final int MOST = 9;
    private static final long UINT_MAX = 0xffff_ffffL;

    @Override
    public String name() {
        return "delay";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 5, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        final List<DeviceArg> devices = new ArrayList<>();
        for (int i = 0; fits(args) && i < args.count(); i += EACH) {
            devices.add(new DeviceArg(i, args.word(i)));
        }
        return devices;
    }

    private static boolean fits(TargetArgs args) {
        return args.count() > 0 && args.count() % EACH == 0 && args.count() <= MOST;
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        if (!fits(args)) {
            throw new TargetException("Requires exactly 3, 6 or 9 arguments", EINVAL, Math.min(args.count(), MOST));
        }
        final List<DelayClass> classes = new ArrayList<>();
        while (args.remaining() > 0) {
            classes.add(delayClass(ti, args));
        }
        return new DelayTarget(ti, classes);
    }

    private static DelayClass delayClass(TargetContext ti, TargetArgs args) throws TargetException {
        final DeviceArg device = args.device("Device lookup failed");
        final long startSector = args.sectors("Invalid device sector");
        final long delayMs = args.arg(0, UINT_MAX, "Invalid delay");
        return new DelayClass(Lookup.device(ti, device, "Device lookup failed"), startSector, delayMs);
    }
}
