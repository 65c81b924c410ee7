package io.dmctl.cli;

import io.dmctl.backend.state.Plan;
import io.dmctl.bindings.control.DmException;
import java.io.IOException;

/// `restore`: the saved devices that are not there are made; those that are there are left alone.
final class RestoreCommand implements Command {
    @Override
    public Usage usage() {
        return Described.words(new Usage(CommandName.RESTORE)
                        .example("restore /etc/dmctl", "after a reboot: what dmctl save has saved"))
                .udevOptions()
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final Plan plan = Described.plan(args, false, session);
        final Plan missing = plan.onlyCreate();
        ApplyCommand.apply(missing, false, session);
        final int others = plan.actions().size() - missing.actions().size();
        if (others > 0) {
            throw new CommandFailure(
                            ExitCode.DIFFERENT,
                            Described.differences(others) + " in devices that were there",
                            "dmctl diff shows them, dmctl apply changes the devices",
                            null)
                    .withResult();
        }
    }
}
