package io.dmctl.cli;

import io.dmctl.backend.state.LiveState;
import io.dmctl.backend.state.Plan;
import io.dmctl.backend.state.StateException;
import io.dmctl.backend.state.TableFiles;
import io.dmctl.bindings.control.DmException;
import java.io.IOException;
import java.nio.file.Path;

/// What `diff`, `plan`, `apply` and `restore` have in common: devices as files, compared with those that are
/// there.
final class Described {
    private Described() {}

    static Usage words(Usage usage) {
        return usage.words("PATH", 1, 1).argument("PATH", "a folder of files NAME.table, or one such file");
    }

    static Usage prune(Usage usage) {
        return words(usage).flag("a device that PATH does not describe is one too many", "--prune");
    }

    static Plan plan(Arguments args, boolean prune, Session session) throws CommandFailure, DmException, IOException {
        try {
            return Plan.of(TableFiles.read(Path.of(args.words().getFirst())), live(session), prune);
        } catch (StateException e) {
            throw failure(e);
        }
    }

    static LiveState live(Session session) throws DmException, IOException {
        session.noteHiddenKernel();
        session.noteLeftOut();
        return LiveState.read(session.engines());
    }

    static String differences(int count) {
        return count + (count == 1 ? " difference" : " differences");
    }

    static CommandFailure failure(StateException e) {
        return new CommandFailure(ExitCode.INVALID_TABLE, String.valueOf(e.getMessage()), e.remedy(), e);
    }
}
