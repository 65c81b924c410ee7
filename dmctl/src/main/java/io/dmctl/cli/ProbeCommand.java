package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.PathProbe;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;

/// `probe`: whether a path of a multipath device works.
final class ProbeCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.PROBE)
                .example("probe mpatha", "ends with 0 when a path works, with 1 when none does")
                .words("NAME...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a multipath device of the kernel, or /dev/mapper/NAME")
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        for (DeviceArgument named : DeviceArgument.atLeastOne(args)) {
            probe(session.locate(named));
        }
    }

    private static void probe(Located device) throws CommandFailure, DmException, IOException {
        final String shown = device.device().shown();
        if (!device.isKernels()) {
            throw new CommandFailure(ExitCode.UNSUPPORTED, shown + ": multipath: not on this engine");
        }
        final String node = "/dev/dm-" + device.info().devno().minor();
        try {
            PathProbe.run(node);
        } catch (ErrnoException e) {
            switch (e.errno()) {
                case Errno.ENOTCONN ->
                    throw failure(ExitCode.FAILED, shown, "no path works", "dmctl status " + shown, e);
                case Errno.EAGAIN -> throw failure(ExitCode.BUSY, shown, "suspended", "dmctl resume " + shown, e);
                case Errno.ENOTTY ->
                    throw failure(
                            ExitCode.UNSUPPORTED,
                            shown,
                            "not one multipath target, or this kernel cannot probe (interface 4.50)",
                            "",
                            e);
                default -> throw e;
            }
        }
    }

    private static CommandFailure failure(ExitCode code, String shown, String what, String remedy, ErrnoException e) {
        return new CommandFailure(code, shown + ": " + what + ": " + Errno.describe(e.errno()), remedy, e);
    }
}
