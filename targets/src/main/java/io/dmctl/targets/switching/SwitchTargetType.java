package io.dmctl.targets.switching;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import io.dmctl.targets.support.Lookup;
import java.util.ArrayList;
import java.util.List;

/// Regions of one size, each on one of several devices, as a table in memory says. @kernel drivers/md/dm-switch.c
public final class SwitchTargetType implements TargetType {
    /// As many as the kernel's memory for one context holds.
    private static final int MAX_PATHS = 262_141;

    private static final long UINT_MAX = 0xffff_ffffL;
    private static final int FIRST_PATH = 3;
    private static final int ENOMEM = 12;

    @Override
    public String name() {
        return "switch";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 1, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        final List<DeviceArg> devices = new ArrayList<>();
        for (int i = FIRST_PATH; i + 1 < args.count(); i += 2) {
            devices.add(new DeviceArg(i, args.word(i)));
        }
        return devices;
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        final int paths = (int) args.arg(1, MAX_PATHS, "Invalid number of paths");
        final long regionSectors = args.arg(1, UINT_MAX, "Invalid region size");
        args.argGroup(0, 0, "Invalid number of optional args");
        if (args.remaining() != 2 * paths) {
            throw new TargetException(
                    "Incorrect number of path arguments", EINVAL, Math.min(args.count(), FIRST_PATH + 2 * paths));
        }
        final List<Path> list = new ArrayList<>();
        for (int i = 0; i < paths; i++) {
            list.add(path(ti, args));
        }
        return new SwitchTarget(ti, regionSectors, list, regionTable(ti, regionSectors, paths));
    }

    private static Path path(TargetContext ti, TargetArgs args) throws TargetException {
        final DeviceArg device = args.device("Device lookup failed");
        // The kernel looks the device up before it reads the sector.
        final LowerDevice dev = Lookup.device(ti, device, "Device lookup failed");
        return new Path(dev, args.ullong("Invalid device starting offset"));
    }

    private static RegionTable regionTable(TargetContext ti, long regionSectors, int paths) throws TargetException {
        try {
            return new RegionTable(ti, Math.ceilDiv(ti.lenSectors(), regionSectors), paths);
        } catch (OutOfMemoryError e) {
            throw new TargetException("Cannot allocate region table", ENOMEM, -1);
        } catch (TargetException e) {
            throw new TargetException("Cannot allocate region table: " + e.getMessage(), e.errno(), -1);
        }
    }

    /// One of the devices, and what is added to a sector there.
    record Path(LowerDevice dev, long startSector) {}
}
