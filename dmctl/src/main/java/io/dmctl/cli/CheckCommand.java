package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// `check`: a table judged by the constructors of our targets, which take and refuse what the kernel's do; or by
/// the kernel itself, in a device that never comes into use.
final class CheckCommand implements Command {
    /// Their constructors write nothing in the kernel.
    private static final Set<String> KERNEL_WRITES_NOTHING = Set.of(
            "crypt",
            "delay",
            "dust",
            "ebs",
            "error",
            "flakey",
            "linear",
            "mirror",
            "multipath",
            "snapshot-origin",
            "striped",
            "switch",
            "unstriped",
            "verity",
            "zero");

    @Override
    public Usage usage() {
        return TableSource.options(new Usage(CommandName.CHECK)
                        .example("check table.txt", "every line, with its devices")
                        .example(
                                "check --no-devices --table \"0 2048 striped 2 8 /dev/a 0 /dev/b 0\"",
                                "on another machine")
                        .example("check --kernel table.txt", "the kernel's own word")
                        .words("[FILE]", 0, 1)
                        .argument("FILE", "the table; - or nothing: standard input"))
                .flag("take the devices as they are written: there, and large enough", "--no-devices")
                .flag("let the kernel judge, in a device that is removed again", "--kernel")
                .json();
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException {
        if (args.has("--kernel") && args.has("--no-devices")) {
            throw CommandFailure.usage("--kernel and --no-devices: the kernel opens the devices");
        }
        final DmTable table = TableSource.read(args, args.words(), session.streams());
        if (table.lines().isEmpty()) {
            throw TableSource.empty("standard input");
        }
        if (args.has("--kernel")) {
            kernel(table, args.has("--readonly"), session);
        } else {
            look(table, args, session);
        }
    }

    // ---- our own constructors ----

    private static void look(DmTable table, Arguments args, Session session) throws CommandFailure, IOException {
        final DryContext.Look how = args.has("--no-devices") ? DryContext.Look.NONE : DryContext.Look.ANY;
        final List<TableDiagnosis.Verdict> verdicts = TableDiagnosis.check(table, args.has("--readonly"), how);
        final Json json = session.json();
        if (json != null) {
            json.list("lines");
            for (int i = 0; i < verdicts.size(); i++) {
                print(json, table.lines().get(i), verdicts.get(i));
            }
            json.endList();
        }
        final List<TableFault> faults =
                verdicts.stream().flatMap(v -> v.fault().stream()).toList();
        final Set<String> unknown = new LinkedHashSet<>();
        for (int i = 0; i < verdicts.size(); i++) {
            if (!verdicts.get(i).known()) {
                unknown.add(table.lines().get(i).type());
            }
        }
        for (TableFault fault : faults.subList(0, Math.max(0, faults.size() - 1))) {
            session.note(told(table, fault));
        }
        if (!faults.isEmpty()) {
            throw new CommandFailure(ExitCode.INVALID_TABLE, told(table, faults.getLast())).withResult();
        }
        if (!unknown.isEmpty()) {
            throw new CommandFailure(
                            ExitCode.UNSUPPORTED,
                            String.join(", ", unknown) + ": not judged: there is no such target in this dmctl",
                            "check --kernel asks the kernel",
                            null)
                    .withResult();
        }
        if (json == null) {
            session.streams().out().println("valid: " + table.lines().size() + " lines");
        }
    }

    private static String told(DmTable table, TableFault fault) {
        final String where = TableLoader.where(table.lines(), fault);
        final String name = Errno.name(fault.errno());
        return where.contains("(" + name + ")") ? where : where + ": " + name;
    }

    private static void print(Json json, DmTableLine line, TableDiagnosis.Verdict verdict) throws IOException {
        json.object()
                .putUnsigned("start_sectors", line.startSector())
                .putUnsigned("len_sectors", line.lenSectors())
                .put("type", line.type());
        final Optional<TableFault> fault = verdict.fault();
        if (fault.isEmpty() && !verdict.known()) {
            json.putNull("valid");
        } else {
            json.put("valid", fault.isEmpty());
        }
        if (fault.isPresent()) {
            json.put("errno", Errno.name(fault.get().errno()));
            json.put("argument", fault.get().argument() + 1L);
            json.put("reason", fault.get().text());
        }
        json.endObject();
    }

    // ---- the kernel ----

    private static void kernel(DmTable table, boolean readonly, Session session)
            throws CommandFailure, DmException, IOException {
        for (DmTableLine line : table.lines()) {
            if (!KERNEL_WRITES_NOTHING.contains(line.type())) {
                throw new CommandFailure(
                        ExitCode.UNSUPPORTED,
                        line.type() + ": not loaded for a check: the kernel's constructor may write to its devices");
            }
        }
        final DmName name = DmName.of("dmctl-check-" + ProcessHandle.current().pid());
        final DmId id = DmId.of(name);
        session.control(Engine.KERNEL).run(new DmTask.DevCreate(name, Optional.empty(), OptionalInt.empty()));
        try {
            TableLoader.load(session, Engine.KERNEL, new DmTask.TableLoad(id, table, readonly), LoadOptions.DEFAULT);
        } finally {
            session.control(Engine.KERNEL).run(new DmTask.DevRemove(id, false));
        }
        final Json json = session.json();
        if (json != null) {
            json.put("valid", true);
        } else {
            session.streams().out().println("valid: " + table.lines().size() + " lines, by the kernel");
        }
    }
}
