package io.dmctl.targets.mirror;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import org.jspecify.annotations.Nullable;

/// The log's part of a table line. `device` is null for a core log.
///
/// @kernel drivers/md/dm-raid1.c `create_dirty_log`; drivers/md/dm-log.c `disk_ctr` `create_log_context`
record LogArgs(@Nullable LowerDevice device, int regionSectors, long regionCount, Sync sync) {
    /// What the third word says.
    enum Sync {
        /// Nothing: what the log says.
        DEFAULT,
        /// All legs are equal.
        NOSYNC,
        /// All regions are to be copied.
        FORCE
    }

    private static final String ERROR = "Error creating mirror dirty log";
    private static final String MISSING = "Insufficient mirror log arguments";
    private static final long MAX_REGIONS = 0xffff_ffffL;
    /// Larger regions than the core can split at; the kernel has no such limit.
    private static final long MAX_REGION_SECTORS = 1 << 30;

    /// Where the device of a disk log stands in a line.
    static final int DEVICE_ARG = 2;

    static LogArgs read(TargetContext ti, TargetArgs args) throws TargetException {
        if (args.count() < 2) {
            throw new TargetException(MISSING, EINVAL, args.count());
        }
        final String type = args.shift(MISSING);
        final long count = args.arg(0, MAX_REGIONS, "Invalid mirror log argument count");
        if (count > args.remaining()) {
            throw new TargetException(MISSING, EINVAL, 1);
        }
        return switch (type) {
            case "core" -> core(ti, args, (int) count, null);
            case "disk" -> disk(ti, args, (int) count);
            case "userspace" ->
                throw refuse("a userspace log is not offered: its daemon talks to the kernel's connector only", 0);
            default -> throw refuse("no log of type " + type, 0);
        };
    }

    private static LogArgs disk(TargetContext ti, TargetArgs args, int count) throws TargetException {
        if (count < 2 || count > 3) {
            throw refuse("wrong number of arguments to disk dirty region log", 1);
        }
        final DeviceArg device = args.device(MISSING);
        final LowerDevice dev;
        try {
            dev = ti.getDevice(device);
        } catch (TargetException e) {
            throw refuse(String.valueOf(e.getMessage()), device.index()); // EINVAL, whatever the lookup's errno was
        }
        final LogArgs made = core(ti, args, count - 1, dev);
        final long bytes = LogBuffer.bytes(made.regionCount, dev);
        if (bytes > dev.sizeSectors() << 9) {
            throw refuse("log device " + dev.name() + " too small: need " + bytes + " bytes", device.index());
        }
        return made;
    }

    private static LogArgs core(TargetContext ti, TargetArgs args, int count, @Nullable LowerDevice dev)
            throws TargetException {
        if (count < 1 || count > 2) {
            throw refuse("wrong number of arguments to dirty region log", 1);
        }
        final int at = args.count() - args.remaining();
        final Sync sync = count == 1 ? Sync.DEFAULT : sync(args.word(at + 1), at + 1);
        final long sectors;
        try {
            sectors = args.arg(2, Math.min(ti.lenSectors(), MAX_REGION_SECTORS), "invalid region size");
        } catch (TargetException e) {
            throw refuse(e.getMessage() + " " + args.word(at), at);
        }
        if (Long.bitCount(sectors) != 1) {
            throw refuse("invalid region size " + args.word(at), at);
        }
        if (count == 2) {
            args.shift(MISSING);
        }
        final long regions = (ti.lenSectors() + sectors - 1) / sectors;
        if (regions > MAX_REGIONS) {
            throw refuse("region count exceeds limit of " + MAX_REGIONS, at);
        }
        return new LogArgs(dev, (int) sectors, regions, sync);
    }

    private static Sync sync(String word, int index) throws TargetException {
        return switch (word) {
            case "sync" -> Sync.FORCE;
            case "nosync" -> Sync.NOSYNC;
            default -> throw refuse("unrecognised sync argument to dirty region log: " + word, index);
        };
    }

    /// The kernel's error is the same for all of these; the reason goes to its log only.
    private static TargetException refuse(String reason, int argument) {
        return new TargetException(ERROR + ": " + reason, EINVAL, argument);
    }
}
