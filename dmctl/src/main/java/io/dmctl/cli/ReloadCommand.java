package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;

/// `reload`, also `load`: a table waits in the inactive slot for `resume`.
final class ReloadCommand implements Command {
    @Override
    public Usage usage() {
        return TableSource.options(new Usage(CommandName.RELOAD)
                        .example("reload d0 --table \"0 4096 zero\"", "then dmctl resume d0 puts it in use")
                        .example("reload d0 table.txt", "from a file; without one from standard input")
                        .words("NAME [FILE]", 0, 2)
                        .argument("NAME", "a device, or /dev/mapper/NAME; left out with -u or -j")
                        .argument("FILE", "the table; - or nothing: standard input"))
                .deviceOptions()
                .loadOptions();
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException {
        final DeviceArgument.Leading leading = DeviceArgument.leading(args);
        final ShownAs shownAs = ShownAs.of(args);
        final Located device = session.locate(leading.device());
        if (device.isKernels()) {
            shownAs.refuseOnKernel();
        }
        final DmTable table = TableSource.read(args, leading.rest(), session.streams());
        if (table.lines().isEmpty()) {
            throw TableSource.empty("standard input");
        }
        TableLoader.load(
                session,
                device.engine(),
                new DmTask.TableLoad(device.id(), table, args.has("--readonly")),
                shownAs.options());
    }
}
