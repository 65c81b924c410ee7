package io.dmctl.targets.striped;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.ArrayList;
import java.util.List;

/// Chunks of the device go round over several devices. @kernel drivers/md/dm-stripe.c
public final class StripedTargetType implements TargetType {
    @Override
    public String name() {
        return "striped";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 7, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        final List<DeviceArg> devices = new ArrayList<>();
        for (int i = 2; i + 1 < args.count(); i += 2) {
            devices.add(new DeviceArg(i, args.word(i)));
        }
        return devices;
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        if (args.count() < 2) {
            throw new TargetException("Not enough arguments", EINVAL, args.count());
        }
        final long stripes = notZero(args.uint("Invalid stripe count"), "Invalid stripe count", 0);
        final long chunkSectors = notZero(args.uint("Invalid chunk_size"), "Invalid chunk_size", 1);
        if (ti.lenSectors() % stripes != 0) {
            throw new TargetException("Target length not divisible by number of stripes", EINVAL, 0);
        }
        if (ti.lenSectors() / stripes % chunkSectors != 0) {
            throw new TargetException("Target length not divisible by chunk size", EINVAL, 1);
        }
        if (args.count() != 2 + 2 * stripes) {
            throw new TargetException("Not enough destinations specified", EINVAL, args.count());
        }
        if (chunkSectors > Integer.MAX_VALUE) {
            throw new TargetException("Invalid chunk_size", EINVAL, 1);
        }
        final List<Stripe> list = new ArrayList<>();
        for (int i = 0; i < stripes; i++) {
            list.add(stripe(ti, args));
        }
        return new StripedTarget(ti, (int) chunkSectors, list);
    }

    private static long notZero(long value, String error, int argument) throws TargetException {
        if (value == 0) {
            throw new TargetException(error, EINVAL, argument);
        }
        return value;
    }

    private static Stripe stripe(TargetContext ti, TargetArgs args) throws TargetException {
        final DeviceArg device = args.device("Couldn't parse stripe destination");
        final long startSector = args.sectors("Couldn't parse stripe destination");
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException(
                    "Couldn't parse stripe destination: " + e.getMessage(), e.errno(), device.index());
        }
        return new Stripe(dev, startSector);
    }

    /// One of the devices, and where the stripes start on it.
    record Stripe(LowerDevice dev, long startSector) {}
}
