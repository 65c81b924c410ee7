package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;

/// `suspend`: I/O stops, what is in flight is over.
final class SuspendCommand implements Command {
    @Override
    public Usage usage() {
        return flags(new Usage(CommandName.SUSPEND)
                        .example("suspend d0", "file systems on it are frozen, I/O in flight is done")
                        .example("suspend --noflush --nolockfs d0", "as fast as possible")
                        .words("NAME...", 0, Integer.MAX_VALUE)
                        .argument("NAME", "a device, or /dev/mapper/NAME"))
                .deviceOptions();
    }

    static Usage flags(Usage usage) {
        return usage.flag("what is queued stays queued, instead of being done first", "--noflush")
                .flag("a file system on the device is not frozen", "--nolockfs");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        for (DeviceArgument named : DeviceArgument.atLeastOne(args)) {
            suspend(session.locate(named), args.has("--noflush"), args.has("--nolockfs"));
        }
    }

    private static void suspend(Located device, boolean noflush, boolean nolockfs) throws DmException, IOException {
        final DmTask.DevSuspend task = new DmTask.DevSuspend(device.id(), noflush, nolockfs);
        if (device.isKernels() || nolockfs || device.info().suspended()) {
            device.run(task);
            return;
        }
        try (FrozenFileSystems frozen = FrozenFileSystems.freeze(device.record())) {
            device.run(task);
            frozen.keep();
        }
    }
}
