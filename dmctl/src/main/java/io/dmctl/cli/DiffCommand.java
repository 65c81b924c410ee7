package io.dmctl.cli;

import io.dmctl.backend.state.Plan;
import io.dmctl.bindings.control.DmException;
import java.io.IOException;

/// `diff`: where the devices are not as described.
final class DiffCommand implements Command {
    @Override
    public Usage usage() {
        return Described.prune(new Usage(CommandName.DIFF)
                        .example("diff /etc/dmctl", "nothing, or what differs and exit code 10")
                        .example("diff --prune /etc/dmctl", "also devices that are not described")
                        .example("diff d0.table", "one device"))
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final Plan plan = Described.plan(args, args.has("--prune"), session);
        final Json json = session.json();
        if (json != null) {
            Actions.print("differences", plan.actions(), json);
        } else {
            plan.actions()
                    .forEach(a -> Actions.printDifference(a, session.streams().out()));
        }
        if (!plan.actions().isEmpty()) {
            throw new CommandFailure(
                            ExitCode.DIFFERENT,
                            Described.differences(plan.actions().size()),
                            "dmctl apply makes the devices as described",
                            null)
                    .withResult();
        }
    }
}
