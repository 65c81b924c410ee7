package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.KeyMask;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Loads a table; a refusal names the line and the argument in the words of the table.
final class TableLoader {
    private TableLoader() {}

    static void load(Session session, Engine engine, DmTask.TableLoad load, LoadOptions options)
            throws CommandFailure, IOException {
        try {
            session.engines().load(engine, load, options);
        } catch (DmException e) {
            throw explained(session, engine, load, e);
        }
    }

    /// The kernel tells only an errno: where our own look at the table gives the same, that tells the rest.
    static CommandFailure explained(Session session, Engine engine, DmTask.TableLoad load, DmException e) {
        Optional<TableFault> fault = e.line() < 0
                ? Optional.empty()
                : Optional.of(new TableFault(e.errno(), e.line(), e.argument(), e.reason() == null ? "" : e.reason()));
        if (engine == Engine.KERNEL) {
            fault = diagnosed(session, load, e.errno());
        }
        final String where =
                fault.map(f -> ": " + where(load.table().lines(), f)).orElse("");
        final String reason = e.reason() == null || fault.isPresent() ? "" : ": " + e.reason();
        return new CommandFailure(
                ErrorReport.exitCode(e),
                e.subject() + ": " + Errno.describe(e.errno()) + where + reason,
                remedy(session, engine, load, fault.isEmpty(), e),
                e);
    }

    private static String remedy(
            Session session, Engine engine, DmTask.TableLoad load, boolean unexplained, DmException e) {
        if (e.errno() == Errno.EBUSY) {
            return session.look("holders-of-table", () -> Busy.ofTable(load.table()));
        }
        return unexplained && engine == Engine.KERNEL && e.reason() == null ? "the kernel's log (dmesg) tells why" : "";
    }

    /// Our own look is at the machine, too, and so the record has what it found; the kernel is asked before.
    private static Optional<TableFault> diagnosed(Session session, DmTask.TableLoad load, int errno) {
        if (!session.isTaped()) {
            return TableDiagnosis.look(load.table(), load.readonly(), errno, type -> kernelHas(session, type));
        }
        final Set<String> types = new HashSet<>();
        for (DmTableLine line : load.table().lines()) {
            if (!types.contains(line.type()) && kernelHas(session, line.type())) {
                types.add(line.type());
            }
        }
        final String seen = session.look(
                "fault",
                () -> TableDiagnosis.look(load.table(), load.readonly(), errno, types::contains)
                        .map(f -> f.line() + "\n" + f.argument() + "\n" + f.text())
                        .orElse(""));
        final String[] parts = seen.split("\n", 3);
        return parts.length < 3
                ? Optional.empty()
                : Optional.of(new TableFault(errno, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2]));
    }

    private static boolean kernelHas(Session session, String type) {
        try {
            return EngineChoice.knows(session.control(Engine.KERNEL), type);
        } catch (CommandFailure | DmException | IOException e) {
            return true;
        }
    }

    /// The fault in the words of the table.
    static String where(List<DmTableLine> lines, TableFault fault) {
        if (fault.line() >= lines.size()) {
            return fault.text();
        }
        final DmTableLine line = lines.get(fault.line());
        final StringBuilder out = new StringBuilder("table line ")
                .append(fault.line() + 1)
                .append(" (")
                .append(Long.toUnsignedString(line.startSector()))
                .append(' ')
                .append(Long.toUnsignedString(line.lenSectors()))
                .append(' ')
                .append(line.type())
                .append(')');
        if (fault.argument() >= 0) {
            out.append(", argument ").append(fault.argument() + 1);
            final String[] words = KeyMask.hide(line.type(), line.params()).split("\\s+", -1);
            out.append(
                    fault.argument() < words.length && !words[fault.argument()].isEmpty()
                            ? " '" + words[fault.argument()] + "'"
                            : " (missing)");
        }
        return fault.text().isEmpty()
                ? out.toString()
                : out.append(": ").append(fault.text()).toString();
    }
}
