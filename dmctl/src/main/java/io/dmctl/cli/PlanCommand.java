package io.dmctl.cli;

import io.dmctl.backend.state.Plan;
import io.dmctl.bindings.control.DmException;
import java.io.IOException;

/// `plan`: what `apply` would send to the engines, in order.
final class PlanCommand implements Command {
    @Override
    public Usage usage() {
        return Described.prune(new Usage(CommandName.PLAN)
                        .example("plan /etc/dmctl", "the ioctls that would make the devices as described")
                        .example("plan --prune /etc/dmctl", "and remove all others"))
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        print(Described.plan(args, args.has("--prune"), session), session);
    }

    static void print(Plan plan, Session session) throws IOException {
        final Json json = session.json();
        if (json != null) {
            Actions.print("actions", plan.actions(), json);
        } else {
            plan.actions().forEach(a -> Actions.printIoctls(a, session.streams().out()));
        }
    }
}
