package tutorial;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// `basic_target DEVICE START`, with the kernel module's texts.
public final class BasicTargetType implements TargetType {
    @Override
    public String name() {
        return "basic_target";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 0, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() == 2 ? List.of(new DeviceArg(0, args.word(0))) : List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        args.requireCount(2, "Invalid argument count");
        final DeviceArg device = args.device("Invalid argument count");
        final long startSector = args.sectors("dm-basic_target: Invalid device sector");
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException(
                    "dm-basic_target: Device lookup failed: " + e.getMessage(), e.errno(), device.index());
        }
        return new BasicTarget(ti.beginSector(), ti.lenSectors(), dev, startSector);
    }
}
