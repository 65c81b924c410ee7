package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/// `deps`: the block devices that a table uses.
final class DepsCommand implements Command {
    @Override
    public Usage usage() {
        return Selection.words(new Usage(CommandName.DEPS)
                        .example("deps d0", "one device")
                        .example("deps", "all devices"))
                .flag("of the table that is loaded and not in use", "--inactive")
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        Selection.each(
                args,
                session,
                (device, several) ->
                        print(device, args, several, session.streams().out()));
    }

    private static void print(Located device, Arguments args, boolean prefix, PrintStream out) throws DmException {
        final List<Devno> deps = device.run(new DmTask.TableDeps(device.id(), args.has("--inactive")));
        if (prefix) {
            out.print(device.device().shown() + ": ");
        }
        out.print(deps.size() + " dependencies\t:");
        for (Devno dep : deps) {
            out.print(" (" + dep.major() + ", " + dep.minor() + ")");
        }
        out.println();
    }
}
