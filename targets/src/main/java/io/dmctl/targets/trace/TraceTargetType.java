package io.dmctl.targets.trace;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.util.List;

/// linear, with a record of each request. Ours: the kernel has none.
public final class TraceTargetType implements TargetType {
    private static final String COUNT = "Invalid argument count";
    private static final String OPTION = "buffer_entries:";
    private static final int MIN_ENTRIES = 16;
    private static final int MAX_ENTRIES = 1 << 16;

    @Override
    public String name() {
        return "trace";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 0, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() >= 2 ? List.of(new DeviceArg(0, args.word(0))) : List.of();
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        if (args.count() < 2) {
            args.requireCount(2, COUNT);
        }
        final DeviceArg device = args.device(COUNT);
        final long startSector = args.sectors("Invalid device sector");
        final int entries = options(args);
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException("Device lookup failed: " + e.getMessage(), e.errno(), device.index());
        }
        return new TraceTarget(ti, dev, startSector, entries);
    }

    private static int options(TargetArgs args) throws TargetException {
        int entries = TraceTarget.DEFAULT_ENTRIES;
        if (args.remaining() == 0) {
            return entries;
        }
        final int count = args.argGroup(0, 1, "Invalid number of optional arguments");
        for (int i = 0; i < count; i++) {
            entries = entries(args.shift(COUNT), args.count() - args.remaining() - 1);
        }
        if (args.remaining() > 0) {
            throw new TargetException(COUNT, TargetException.EINVAL, args.count() - args.remaining());
        }
        return entries;
    }

    private static int entries(String word, int index) throws TargetException {
        if (!word.startsWith(OPTION)) {
            throw new TargetException("Unrecognised optional argument", TargetException.EINVAL, index);
        }
        final String digits = word.substring(OPTION.length());
        if (digits.matches("[0-9]{1,9}")) {
            final int entries = Integer.parseInt(digits);
            if (entries >= MIN_ENTRIES && entries <= MAX_ENTRIES && Integer.bitCount(entries) == 1) {
                return entries;
            }
        }
        throw new TargetException(
                "buffer_entries must be a power of two in " + MIN_ENTRIES + ".." + MAX_ENTRIES,
                TargetException.EINVAL,
                index);
    }
}
