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
                        .example("deps", "all devices")
                        .example("deps --graph dot", "for a picture, as by | dot -Tsvg >devices.svg"))
                .option("HOW", "dot or mermaid: a graph for Graphviz or for Mermaid", "--graph")
                .flag("of the table that is loaded and not in use", "--inactive")
                .deviceOptions()
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        if (args.has("--graph")) {
            final String format = args.oneOf("--graph", "", DepsGraph.FORMATS);
            if (session.json() != null) {
                throw CommandFailure.usage("--graph and --json are both a form of the output");
            }
            final List<DeviceArgument> named = DeviceArgument.all(args);
            DepsGraph.print(
                    format, named.isEmpty() ? session.all() : session.locate(named), args.has("--inactive"), session);
            return;
        }
        Selection.each(args, session, (device, several) -> print(device, args, several, session));
    }

    private static void print(Located device, Arguments args, boolean prefix, Session session)
            throws DmException, IOException {
        final List<Devno> deps = device.run(new DmTask.TableDeps(device.id(), args.has("--inactive")))
                .devices();
        final Json json = session.json();
        if (json != null) {
            DeviceJson.identity(json, device, device.info());
            json.list("deps");
            for (Devno dep : deps) {
                json.object()
                        .put("major", dep.major())
                        .put("minor", dep.minor())
                        .endObject();
            }
            json.endList();
            return;
        }
        final PrintStream out = session.streams().out();
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
