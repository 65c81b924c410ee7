package io.dmctl.cli;

import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Devno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which device a command line means: a name, `/dev/mapper/NAME`, `-u UUID`, or `-j MAJOR -m MINOR`.
///
/// @param shown the device in the user's words
record DeviceArgument(DmId id, String shown) {
    private static final String FOLDER = "/dev/mapper/";
    private static final int MAX_MAJOR = 4095;
    private static final int MAX_MINOR = (1 << 20) - 1;

    /// A device, and the words behind it.
    record Leading(DeviceArgument device, List<String> rest) {}

    /// The device that a command is about: by option, or the first word.
    static Leading leading(Arguments args) throws CommandFailure {
        final Optional<DeviceArgument> byOption = byOption(args);
        if (byOption.isPresent()) {
            return new Leading(byOption.get(), args.words());
        }
        if (args.words().isEmpty()) {
            throw CommandFailure.usage("no device is named: give a name, -u UUID, or -j MAJOR -m MINOR");
        }
        return new Leading(
                named(args.words().getFirst()),
                args.words().subList(1, args.words().size()));
    }

    /// All devices that are named; empty when none is.
    static List<DeviceArgument> all(Arguments args) throws CommandFailure {
        final Optional<DeviceArgument> byOption = byOption(args);
        if (byOption.isPresent()) {
            if (!args.words().isEmpty()) {
                throw CommandFailure.usage("unexpected argument: '"
                        + args.words().getFirst() + "': the device is named by an option already");
            }
            return List.of(byOption.get());
        }
        final List<DeviceArgument> all = new ArrayList<>();
        for (String word : args.words()) {
            all.add(named(word));
        }
        return all;
    }

    /// As [#all], at least one.
    static List<DeviceArgument> atLeastOne(Arguments args) throws CommandFailure {
        final List<DeviceArgument> all = all(args);
        if (all.isEmpty()) {
            throw CommandFailure.usage("no device is named: give a name, -u UUID, or -j MAJOR -m MINOR");
        }
        return all;
    }

    static DeviceArgument named(String word) throws CommandFailure {
        return new DeviceArgument(
                DmId.of(name(word.startsWith(FOLDER) ? word.substring(FOLDER.length()) : word)), word);
    }

    /// A device name as a user types it.
    static DmName name(String text) throws CommandFailure {
        if (text.indexOf('/') >= 0) {
            // Mangling would make a name of it that nobody means.
            throw CommandFailure.usage("device name: '" + text + "': must not contain '/', except as /dev/mapper/NAME");
        }
        try {
            return DmName.mangle(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), "", e);
        }
    }

    static DmUuid uuid(String text) throws CommandFailure {
        try {
            return DmUuid.mangle(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), "", e);
        }
    }

    private static Optional<DeviceArgument> byOption(Arguments args) throws CommandFailure {
        final Optional<String> uuid = args.value("--uuid");
        final boolean major = args.has("--major");
        final boolean minor = args.has("--minor");
        if (uuid.isPresent() && (major || minor)) {
            throw CommandFailure.usage("--uuid and --major/--minor both name the device");
        }
        if (uuid.isPresent()) {
            return Optional.of(new DeviceArgument(DmId.of(uuid(uuid.get())), uuid.get()));
        }
        if (major != minor) {
            throw CommandFailure.usage(major ? "--major needs --minor" : "--minor needs --major");
        }
        if (!major) {
            return Optional.empty();
        }
        final Devno devno = new Devno(args.number("--major", 0, MAX_MAJOR, 0), args.number("--minor", 0, MAX_MINOR, 0));
        return Optional.of(new DeviceArgument(DmId.of(devno), devno.toString()));
    }
}
