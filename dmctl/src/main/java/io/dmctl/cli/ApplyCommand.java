package io.dmctl.cli;

import io.dmctl.backend.client.TableSwap;
import io.dmctl.backend.state.Action;
import io.dmctl.backend.state.Apply;
import io.dmctl.backend.state.ApplyException;
import io.dmctl.backend.state.Plan;
import io.dmctl.bindings.control.DmCommand;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// `apply`: the devices become as described.
final class ApplyCommand implements Command {
    @Override
    public Usage usage() {
        return Described.prune(new Usage(CommandName.APPLY)
                        .example("apply /etc/dmctl", "make and change devices; done twice, the second does nothing")
                        .example("apply --prune /etc/dmctl", "and remove those that are not described")
                        .example("apply --atomic /etc/dmctl", "all of it, or else back to what was")
                        .example("apply --dry-run /etc/dmctl", "only print what would be done, as dmctl plan does"))
                .flag("print the plan and do nothing", "--dry-run")
                .flag("when a step fails, take those before it back", "--atomic")
                .udevOptions()
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final Plan plan = Described.plan(args, args.has("--prune"), session);
        if (args.has("--dry-run")) {
            PlanCommand.print(plan, session);
        } else {
            apply(plan, args.has("--atomic"), session);
        }
    }

    /// Prints each step when it is done.
    static void apply(Plan plan, boolean atomic, Session session) throws CommandFailure, IOException {
        final Json json = session.json();
        final Apply apply = new Apply(session.engines(), session.nodes());
        try {
            apply.run(plan, action -> {
                if (json == null) {
                    session.streams().out().println(Actions.line(action));
                }
            });
        } catch (ApplyException e) {
            final CommandFailure stopped = stopped(e, session);
            throw atomic ? undone(apply, e, stopped, session) : stopped;
        }
        if (json != null) {
            Actions.print("done", plan.actions(), json);
        }
    }

    /// Exit code 9 when everything is as it was; else that of the step that failed.
    private static CommandFailure undone(Apply apply, ApplyException e, CommandFailure stopped, Session session)
            throws IOException {
        final Json json = session.json();
        final List<Action> undone = new ArrayList<>();
        final Map<Action, Exception> stays = apply.undo(e.done(), undone::add);
        if (json != null) {
            Actions.print("undone", undone, json);
            Actions.print("stays", List.copyOf(stays.keySet()), json);
        } else {
            undone.forEach(action -> session.streams().out().println("undone: " + Actions.line(action)));
        }
        stays.forEach((action, why) -> session.note(
                "stays: " + Actions.line(action) + ": " + ErrorReport.of(why).text()));
        if (!stays.isEmpty()) {
            return stopped;
        }
        return new CommandFailure(
                        ExitCode.ROLLED_BACK, stopped.getMessage() + ": everything is as it was", stopped.remedy(), e)
                .withResult();
    }

    private static CommandFailure stopped(ApplyException e, Session session) throws IOException {
        final Json json = session.json();
        if (json != null) {
            Actions.print("done", e.done(), json);
            Actions.print("failed", List.of(e.failed()), json);
            Actions.print("not_done", e.notDone(), json);
        } else {
            for (Action action : e.notDone()) {
                session.note("not done: " + Actions.line(action));
            }
        }
        for (Throwable left : Objects.requireNonNull(e.getCause()).getSuppressed()) {
            session.note(e.failed().name() + ": is left behind: "
                    + ErrorReport.of(left).text());
        }
        final CommandFailure why = why(e, session);
        return new CommandFailure(why.exitCode(), Actions.line(e.failed()) + ": " + why.getMessage(), why.remedy(), e)
                .withResult();
    }

    private static CommandFailure why(ApplyException e, Session session) {
        final Throwable cause = Objects.requireNonNull(e.getCause());
        if (cause instanceof TableSwap.RolledBackException rolledBack) {
            return SwapCommand.rolledBack(rolledBack);
        }
        if (cause instanceof DmException refused && refused.command() == DmCommand.TABLE_LOAD) {
            for (DmTask<?> task : e.failed().tasks()) {
                if (task instanceof DmTask.TableLoad load) {
                    return TableLoader.explained(session, e.failed().engine(), load, refused);
                }
            }
        }
        final ErrorReport report = ErrorReport.of(cause);
        if (report.exitCode() == ExitCode.BUSY && e.failed() instanceof Action.Remove remove) {
            return Busy.explained(report, remove.devno(), e, session);
        }
        return new CommandFailure(report.exitCode(), report.text(), report.remedy(), e);
    }
}
