package io.dmctl.cli;

import io.dmctl.backend.client.FrozenFileSystems;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;

/// `resume`: the loaded table comes in use, I/O goes on, and the kernel's device appears in /dev/mapper.
final class ResumeCommand implements Command {
    @Override
    public Usage usage() {
        return SuspendCommand.flags(new Usage(CommandName.RESUME)
                        .example("resume d0", "after suspend or reload")
                        .words("NAME...", 0, Integer.MAX_VALUE)
                        .argument("NAME", "a device, or /dev/mapper/NAME"))
                .udevOptions()
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        for (DeviceArgument named : DeviceArgument.atLeastOne(args)) {
            final Located device = session.locate(named);
            resume(device, new DmTask.DevResume(device.id(), args.has("--noflush"), args.has("--nolockfs")), session);
        }
    }

    private static void resume(Located device, DmTask.DevResume task, Session session)
            throws CommandFailure, DmException, IOException {
        try {
            final DmDeviceInfo info = device.run(task);
            if (device.isKernels()) {
                session.addNode(info.name(), info.devno());
            } else {
                FrozenFileSystems.thaw(device.record());
            }
        } catch (DmException e) {
            throw leftSuspended(device, e);
        }
    }

    /// A swap that is refused leaves the device suspended, with its old table: its users hang until somebody
    /// acts.
    private static CommandFailure leftSuspended(Located device, DmException e) throws DmException {
        final DmDeviceInfo info = device.info();
        if (!info.suspended() || !info.liveTable()) {
            throw e;
        }
        final ErrorReport report = ErrorReport.of(e);
        return new CommandFailure(
                report.exitCode(),
                report.text(),
                "the device is suspended with its old table: dmctl resume "
                        + device.device().shown() + " lets its I/O go on",
                e);
    }
}
