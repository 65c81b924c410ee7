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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// `check`: tables judged by the constructors of our targets, which take and refuse what the kernel's do, and by the
/// grammars of the kernel's other targets; or a table by the kernel itself, in a device that never comes into use.
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
                        .example(
                                "check --no-devices --boot \"root,,,rw,0 4096 linear 8:3 0\"",
                                "a dm-mod.create of the kernel command line")
                        .words("[FILE]...", 0, Integer.MAX_VALUE)
                        .argument("FILE", "a table; - or nothing: standard input"))
                .flag("take the devices as they are written: there, and large enough", "--no-devices")
                .flag("let the kernel judge, in a device that is removed again", "--kernel")
                .option("PARAMETER", "the devices of dm-mod.create=, - for standard input", "--boot")
                .json();
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException {
        if (args.has("--kernel") && args.has("--no-devices")) {
            throw CommandFailure.usage("--kernel and --no-devices: the kernel opens the devices");
        }
        if (args.has("--boot")) {
            look(boot(args, session.streams()), args, session);
            return;
        }
        final List<Judged> tables = new ArrayList<>();
        for (String file : args.words().isEmpty() ? List.of("-") : args.words()) {
            final List<String> files = args.words().isEmpty() ? List.of() : List.of(file);
            final DmTable table = TableSource.read(args, files, session.streams());
            if (table.lines().isEmpty()) {
                throw TableSource.empty("standard input");
            }
            tables.add(new Judged(
                    file, table, args.has("--readonly"), args.words().size() > 1 ? "file" : "", new ArrayList<>()));
        }
        if (args.has("--kernel")) {
            if (tables.size() > 1) {
                throw CommandFailure.usage("--kernel judges one table");
            }
            kernel(tables.getFirst().table, args.has("--readonly"), session);
        } else {
            look(tables, args, session);
        }
    }

    private static List<Judged> boot(Arguments args, Streams streams) throws CommandFailure, IOException {
        for (String other : List.of("--table", "--readonly", "--kernel")) {
            if (args.has(other)) {
                throw CommandFailure.usage("--boot and " + other + ": the parameter says all");
            }
        }
        if (!args.words().isEmpty()) {
            throw CommandFailure.usage("--boot and the file '" + args.words().getFirst() + "' are both tables");
        }
        final String given = args.value("--boot").orElseThrow();
        return BootParameter.parse(given.equals("-") ? TableSource.standardInput(streams) : given).stream()
                .map(device ->
                        new Judged(device.name(), device.table(), device.readOnly(), "device", new ArrayList<>()))
                .toList();
    }

    // ---- our own constructors and grammars ----

    /// A table and what is found of its lines; `what` its name is, a file or a device: empty for none.
    private record Judged(
            String name, DmTable table, boolean readonly, String what, List<TableDiagnosis.Verdict> verdicts) {
        String told(TableFault fault) {
            final String where = TableLoader.where(table.lines(), fault);
            final String errno = Errno.name(fault.errno());
            final String text = where.endsWith("(" + errno + ")") ? where : where + ": " + errno;
            return what.isEmpty() ? text : name + ": " + text;
        }
    }

    private static void look(List<Judged> tables, Arguments args, Session session) throws CommandFailure, IOException {
        final DryContext.Look how = args.has("--no-devices") ? DryContext.Look.NONE : DryContext.Look.ANY;
        final List<String> faults = new ArrayList<>();
        final Set<String> unknown = new LinkedHashSet<>();
        final Set<String> notes = new LinkedHashSet<>();
        for (Judged judged : tables) {
            judged.verdicts.addAll(TableDiagnosis.check(judged.table, judged.readonly, how));
            for (int i = 0; i < judged.verdicts.size(); i++) {
                final TableDiagnosis.Verdict verdict = judged.verdicts.get(i);
                final String type = judged.table.lines().get(i).type();
                verdict.fault().map(judged::told).ifPresent(faults::add);
                if (!verdict.known()) {
                    unknown.add(type);
                }
                verdict.kernelOnly()
                        .map(judged::told)
                        .ifPresent(why -> notes.add("on the kernel's engine only: " + why));
                verdict.notChecked().forEach(what -> notes.add(type + ": not checked offline: " + what));
            }
        }
        final Json json = session.json();
        if (json != null) {
            print(json, tables);
        }
        faults.subList(0, Math.max(0, faults.size() - 1)).forEach(session::note);
        if (!faults.isEmpty()) {
            throw new CommandFailure(ExitCode.INVALID_TABLE, faults.getLast()).withResult();
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
            final int lines = tables.stream()
                    .mapToInt(judged -> judged.table.lines().size())
                    .sum();
            session.streams().out().println("valid: " + lines + " lines");
            notes.forEach(session.streams().out()::println);
        }
    }

    private static void print(Json json, List<Judged> tables) throws IOException {
        json.list("lines");
        for (Judged judged : tables) {
            for (int i = 0; i < judged.verdicts.size(); i++) {
                json.object();
                if (!judged.what.isEmpty()) {
                    json.put(judged.what, judged.name);
                }
                print(json, judged.table.lines().get(i), judged.verdicts.get(i));
            }
        }
        json.endList();
    }

    private static void print(Json json, DmTableLine line, TableDiagnosis.Verdict verdict) throws IOException {
        json.putUnsigned("start_sectors", line.startSector())
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
        if (verdict.kernelOnly().isPresent()) {
            json.put("kernel_only", verdict.kernelOnly().get().text());
        }
        json.strings("devices", verdict.devices()).strings("not_checked", verdict.notChecked());
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
