package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.io.IOException;

/// `table`: what would make the device again.
final class TableCommand implements Command {
    @Override
    public Usage usage() {
        return TargetLines.options(new Usage(CommandName.TABLE)
                        .example("table d0", "one device")
                        .example("table", "all devices")
                        .example("table --inactive d0", "the table that the next resume puts in use"))
                .flag("print keys, which are zeros otherwise", "--showkeys")
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        TargetLines.print(Kind.TABLE, args, session);
    }
}
