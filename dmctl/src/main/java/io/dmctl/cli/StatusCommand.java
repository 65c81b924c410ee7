package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.io.IOException;

/// `status`: how the targets do.
final class StatusCommand implements Command {
    @Override
    public Usage usage() {
        return TargetLines.options(new Usage(CommandName.STATUS)
                        .example("status d0", "one device")
                        .example("status --target striped", "the striped targets of all devices"))
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        TargetLines.print(Kind.INFO, args, session);
    }
}
