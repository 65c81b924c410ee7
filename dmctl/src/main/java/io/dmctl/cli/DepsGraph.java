package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Devices and what they use, as a graph for Graphviz or Mermaid: a node a device, an arrow to each that it uses.
final class DepsGraph {
    private static final String DOT = "dot";
    static final List<String> FORMATS = List.of(DOT, "mermaid");

    private final boolean dot;
    private final PrintStream out;
    private final Map<String, String> nodes = new HashMap<>();

    private DepsGraph(String format, PrintStream out) {
        this.dot = format.equals(DOT);
        this.out = out;
    }

    static void print(String format, List<Located> devices, boolean inactive, Session session)
            throws CommandFailure, DmException, IOException {
        final Map<Devno, String> names = new HashMap<>();
        for (Located device : session.all()) {
            names.put(device.info().devno(), device.device().shown());
        }
        final DepsGraph graph = new DepsGraph(format, session.streams().out());
        graph.out.println(graph.dot ? "digraph devices {" : "graph TD");
        for (Located device : devices) {
            final String user = graph.node(device.device().shown());
            for (Devno used :
                    device.run(new DmTask.TableDeps(device.id(), inactive)).devices()) {
                final String name = names.get(used);
                graph.arrow(
                        user, graph.node(name == null ? session.look("name-of " + used, () -> blockName(used)) : name));
            }
        }
        if (graph.dot) {
            graph.out.println("}");
        }
    }

    private String node(String label) {
        final String known = nodes.get(label);
        if (known != null) {
            return known;
        }
        final String id = "n" + nodes.size();
        nodes.put(label, id);
        out.println(
                dot
                        ? "  " + id + " [label=\"" + label.replace("\\", "\\\\").replace("\"", "\\\"") + "\"];"
                        : "  " + id + "[\"" + label.replace("\"", "#quot;") + "\"]");
        return id;
    }

    private void arrow(String from, String to) {
        out.println("  " + from + (dot ? " -> " + to + ";" : " --> " + to));
    }

    /// As in /dev; the number where it has no name.
    private static String blockName(Devno devno) {
        try {
            return Path.of("/sys/dev/block", devno.toString())
                    .toRealPath()
                    .getFileName()
                    .toString();
        } catch (IOException e) {
            return devno.toString(); // sysfs has none
        }
    }
}
