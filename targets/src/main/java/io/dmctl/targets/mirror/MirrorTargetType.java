package io.dmctl.targets.mirror;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import io.dmctl.targets.support.Kcopyd;
import java.util.ArrayList;
import java.util.List;

/// Every write goes to all legs. @kernel drivers/md/dm-raid1.c
public final class MirrorTargetType implements TargetType {
    private static final int MAX_LEGS = Kcopyd.MAX_DESTINATIONS + 1;
    private static final int MIN_LEGS = 2;

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 15, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        final List<DeviceArg> devices = new ArrayList<>();
        final int logArgs = args.count() < 2 ? -1 : small(args.word(1));
        if (logArgs >= 0 && args.word(0).equals("disk") && args.count() > LogArgs.DEVICE_ARG) {
            devices.add(new DeviceArg(LogArgs.DEVICE_ARG, args.word(LogArgs.DEVICE_ARG)));
        }
        final int at = 2 + logArgs;
        final int legs = logArgs < 0 || at >= args.count() ? 0 : small(args.word(at));
        for (int i = 0; i < legs && at + 2 + 2 * i < args.count(); i++) {
            devices.add(new DeviceArg(at + 1 + 2 * i, args.word(at + 1 + 2 * i)));
        }
        return devices;
    }

    /// A number of at most four digits, or -1.
    private static int small(String word) {
        return word.matches("[0-9]{1,4}") ? Integer.parseInt(word) : -1;
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        final LogArgs log = LogArgs.read(ti, args);
        final int legs = (int) args.arg(MIN_LEGS, MAX_LEGS, "Invalid number of mirrors");
        if (args.remaining() < 2 * legs) {
            throw new TargetException("Too few mirror arguments", EINVAL, args.count());
        }
        final MirrorState state = new MirrorState(ti);
        final Leg[] list = new Leg[legs];
        for (int i = 0; i < legs; i++) {
            list[i] = leg(ti, state, i, args);
        }
        final Features features = args.remaining() == 0 ? new Features(false, false) : features(args);
        if (args.remaining() != 0) {
            throw new TargetException("Too many mirror arguments", EINVAL, args.count() - args.remaining());
        }
        return new MirrorTarget(ti, state, log, list, features);
    }

    private static Leg leg(TargetContext ti, MirrorState state, int index, TargetArgs args) throws TargetException {
        final DeviceArg device = args.device("Too few mirror arguments");
        final long offsetSectors = args.sectors("Invalid offset");
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException("Device lookup failure: " + e.getMessage(), e.errno(), device.index());
        }
        return new Leg(state, index, dev, offsetSectors);
    }

    private static Features features(TargetArgs args) throws TargetException {
        final int at = args.count() - args.remaining();
        final long count = args.arg(0, 0xffff_ffffL, "Invalid number of features");
        if (count > args.remaining()) {
            throw new TargetException("Not enough arguments to support feature count", EINVAL, at);
        }
        boolean handleErrors = false;
        boolean keepLog = false;
        for (int i = 0; i < count; i++) {
            switch (args.shift("Not enough arguments to support feature count")) {
                case "handle_errors" -> handleErrors = true;
                case "keep_log" -> keepLog = true;
                default -> throw new TargetException("Unrecognised feature requested", EINVAL, at + 1 + i);
            }
        }
        if (keepLog && !handleErrors) {
            throw new TargetException("keep_log feature requires the handle_errors feature", EINVAL, at);
        }
        return new Features(handleErrors, keepLog);
    }

    /// `handleErrors`: failed writes are held until a suspend. `keepLog`: not even then, the log tells what differs.
    record Features(boolean handleErrors, boolean keepLog) {}
}
