package io.dmctl.cli;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;

/// `remove`: a device goes, and the kernel's also from /dev/mapper.
final class RemoveCommand implements Command {
    private static final String CANCEL = "@cancel_deferred_remove";
    private static final int TRIES = 25;
    private static final long PAUSE_MS = 200;

    @Override
    public Usage usage() {
        return new Usage(CommandName.REMOVE)
                .example("remove d0 d1", "both")
                .example("remove --retry d0", "try again while it is open, for 5 seconds")
                .example("remove --deferred d0", "when it is open: once its last user has closed it")
                .example("remove --cancel-deferred d0", "it stays after all")
                .words("NAME...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME")
                .flag("while the device is open, try again: 25 times, every 200 ms", "--retry")
                .flag("remove a device that is open when it is closed (kernel engine)", "--deferred")
                .flag("take such a removal back (kernel engine)", "--cancel-deferred")
                .udevOptions()
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, IOException, InterruptedException {
        final boolean deferred = args.has("--deferred");
        final boolean cancel = args.has("--cancel-deferred");
        if (cancel && (deferred || args.has("--retry"))) {
            throw CommandFailure.usage("--cancel-deferred removes nothing: it goes with no other option");
        }
        for (DeviceArgument named : DeviceArgument.atLeastOne(args)) {
            final Located device = session.locate(named);
            if ((deferred || cancel) && !device.isKernels()) {
                throw new CommandFailure(
                        ExitCode.UNSUPPORTED, named.shown() + ": a deferred removal: not on this engine");
            }
            if (cancel) {
                device.run(new DmTask.TargetMessage(device.id(), 0, CANCEL));
            } else {
                remove(device, deferred, args.has("--retry") ? TRIES : 1, session);
            }
        }
    }

    private static void remove(Located device, boolean deferred, int tries, Session session)
            throws CommandFailure, DmException, IOException, InterruptedException {
        if (!device.isKernels()) {
            removeTrying(device, deferred, tries, session);
            return;
        }
        final DmDeviceInfo info = device.info();
        // One that is still there keeps its node: its users find it by that.
        if (!removeTrying(device, deferred, tries, session)) {
            session.nodes().remove(info.name(), info.devno());
        }
    }

    /// Whether it goes only when it is closed.
    private static boolean removeTrying(Located device, boolean deferred, int tries, Session session)
            throws CommandFailure, DmException, InterruptedException {
        for (int left = tries - 1; ; left--) {
            try {
                return device.run(new DmTask.DevRemove(device.id(), deferred)).deferredRemove();
            } catch (DmException e) {
                if (e.errno() != Errno.EBUSY) {
                    throw e;
                }
                if (left == 0) {
                    throw Busy.of(device, e, session);
                }
                Thread.sleep(PAUSE_MS);
            }
        }
    }
}
