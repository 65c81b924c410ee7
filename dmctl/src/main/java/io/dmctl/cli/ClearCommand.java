package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;

/// `clear`: drops what `reload` loaded.
final class ClearCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.CLEAR)
                .example("clear d0", "the table in use stays")
                .words("NAME...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME")
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        for (DeviceArgument named : DeviceArgument.atLeastOne(args)) {
            final Located device = session.locate(named);
            device.run(new DmTask.TableClear(device.id()));
        }
    }
}
