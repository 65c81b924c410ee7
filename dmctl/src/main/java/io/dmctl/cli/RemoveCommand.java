package io.dmctl.cli;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;

/// `remove`: a device goes, and the kernel's also from /dev/mapper.
final class RemoveCommand implements Command {
    private static final int TRIES = 25;
    private static final long PAUSE_MS = 200;

    @Override
    public Usage usage() {
        return new Usage(CommandName.REMOVE)
                .example("remove d0 d1", "both")
                .example("remove --retry d0", "try again while it is open, for 5 seconds")
                .words("NAME...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME")
                .flag("while the device is open, try again: 25 times, every 200 ms", "--retry")
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, IOException, InterruptedException {
        for (DeviceArgument named : DeviceArgument.atLeastOne(args)) {
            remove(session.locate(named), args.has("--retry") ? TRIES : 1, session);
        }
    }

    private static void remove(Located device, int tries, Session session)
            throws DmException, IOException, InterruptedException {
        if (!device.isKernels()) {
            removeTrying(device, tries);
            return;
        }
        final DmDeviceInfo info = device.info();
        removeTrying(device, tries);
        session.nodes().remove(info.name(), info.devno());
    }

    private static void removeTrying(Located device, int tries) throws DmException, InterruptedException {
        for (int left = tries - 1; ; left--) {
            try {
                device.run(new DmTask.DevRemove(device.id(), false));
                return;
            } catch (DmException e) {
                if (e.errno() != Errno.EBUSY || left == 0) {
                    throw e;
                }
                Thread.sleep(PAUSE_MS);
            }
        }
    }
}
