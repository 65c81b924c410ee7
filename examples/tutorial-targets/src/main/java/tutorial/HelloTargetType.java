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

/// `hello_target DEVICE`.
public final class HelloTargetType implements TargetType {
    @Override
    public String name() {
        return "hello_target";
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
        final LowerDevice dev = ti.getDevice(args.device("Invalid argument count"));
        return new HelloTarget(ti.beginSector(), ti.lenSectors(), dev);
    }
}
