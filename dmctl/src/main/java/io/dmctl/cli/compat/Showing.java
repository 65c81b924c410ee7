package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeps;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.control.KeyMask;
import io.dmctl.bindings.sys.Devno;
import java.io.PrintStream;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The commands that show devices.
final class Showing {
    private final Host host;
    private final PrintStream out;
    private final @Nullable DeviceReport report;
    private boolean concisePrinted;

    /// `report`: null when states are shown in the long form.
    Showing(Host host, @Nullable DeviceReport report) {
        this.host = host;
        this.out = host.shell.out();
        this.report = report;
    }

    private boolean has(Opt opt) {
        return host.switches.has(opt);
    }

    /// A device's state: the long form, or a row of the report.
    void state(Info info) throws Failed {
        if (report != null) {
            report.add(info);
            return;
        }
        final DmDeviceInfo state = info.state();
        line("Name:              ", info.name());
        line(
                "State:             ",
                (state.suspended() ? "SUSPENDED" : "ACTIVE")
                        + (state.readonly() ? " (READ-ONLY)" : "")
                        + (state.deferredRemove() ? " (DEFERRED REMOVE)" : ""));
        final OptionalLong readAhead = host.files.readAheadSectors(info);
        if (readAhead.isPresent()) {
            line("Read Ahead:        ", Long.toString(readAhead.getAsLong()));
        }
        line("Tables present:    ", tables(state));
        line("Open count:        ", Integer.toString(state.openCount()));
        line("Event number:      ", Integer.toUnsignedString(state.eventNr()));
        line("Major, minor:      ", info.devno().major() + ", " + info.devno().minor());
        line("Number of targets: ", Integer.toString(state.targetCount()));
        if (!info.uuid().isEmpty()) {
            line("UUID: ", info.uuid());
        }
        out.print('\n');
    }

    private void line(String label, String value) {
        host.shell.print(label + value);
    }

    private static String tables(DmDeviceInfo state) {
        if (state.liveTable()) {
            return state.inactiveTable() ? "LIVE & INACTIVE" : "LIVE";
        }
        return state.inactiveTable() ? "INACTIVE" : "None";
    }

    /// Does `one` for the device of `word` or of an option, or for all devices.
    void each(@Nullable String word, boolean several, One one) throws Failed {
        if (word != null || has(Opt.UUID) || has(Opt.MAJOR)) {
            one.show(word, several);
            return;
        }
        host.each(device -> one.show(device.name(), true));
    }

    /// What a command does with one device; `several`: it is one of several.
    interface One {
        void show(@Nullable String word, boolean several) throws Failed;
    }

    void info(@Nullable String word) throws Failed {
        final DmDeviceInfo state =
                host.kernel.find("info", host.device(word), id -> new DmTask.DevStatus(id, has(Opt.INACTIVE)));
        if (state == null) {
            throw host.shell.failed("Device does not exist.");
        }
        state(host.info(state));
    }

    /// `table`, `status` and `measure`.
    void targets(Verb verb, @Nullable String word, boolean several) throws Failed {
        final DmStatus status = status(verb, host.device(word));
        final Info info = host.info(status.info());
        final String name = word == null ? info.name() : word;
        final boolean concise = verb == Verb.TABLE && has(Opt.CONCISE);
        final boolean prints = !runs() || has(Opt.VERBOSE);
        boolean matched = false;
        for (DmStatusLine line : linesOf(status)) {
            if (prints && !concise) {
                if (!matched && has(Opt.VERBOSE)) {
                    state(info);
                }
                target(verb, line, several && !has(Opt.VERBOSE) ? name + ": " : "");
            } else if (prints) {
                concise(info, name, line, !matched);
            }
            matched = true;
        }
        if (several && matched && has(Opt.VERBOSE) && (!concise || host.switches.count(Opt.VERBOSE) > 1)) {
            out.print('\n');
        }
        if (matched && runs()) {
            run(name);
        }
    }

    private DmStatus status(Verb verb, Device device) throws Failed {
        final Kind kind = verb == Verb.TABLE ? Kind.TABLE : verb == Verb.MEASURE ? Kind.IMA : Kind.INFO;
        final java.util.function.Function<io.dmctl.bindings.control.DmId, DmTask<DmStatus>> task =
                id -> new DmTask.TableStatus(id, kind, has(Opt.INACTIVE), has(Opt.NOFLUSH));
        if (verb == Verb.TABLE) {
            return host.kernel.runOrLeave("table", device, task);
        }
        final DmStatus status = host.kernel.find("status", device, task);
        if (status == null) {
            throw host.shell.failed("Device does not exist.");
        }
        return status;
    }

    /// The lines of the wanted target type; a table without targets has one that is empty.
    private List<DmStatusLine> linesOf(DmStatus status) {
        final String type = host.switches.value(Opt.TARGET);
        if (type != null) {
            return status.lines().stream()
                    .filter(line -> line.type().equals(type))
                    .toList();
        }
        return status.lines().isEmpty() ? List.of(new DmStatusLine(0, 0, "", "")) : status.lines();
    }

    private void target(Verb verb, DmStatusLine line, String prefix) {
        out.print(prefix);
        if (!line.type().isEmpty()) {
            out.print(head(line));
            out.print(params(verb, line));
        }
        out.print('\n');
    }

    private static String head(DmStatusLine line) {
        return Long.toUnsignedString(line.startSector()) + " " + Long.toUnsignedString(line.lenSectors()) + " "
                + line.type() + " ";
    }

    private String params(Verb verb, DmStatusLine line) {
        return verb == Verb.TABLE && !has(Opt.SHOWKEYS) ? KeyMask.hide(line.type(), line.text()) : line.text();
    }

    private void concise(Info info, String name, DmStatusLine line, boolean first) {
        if (first) {
            out.print(concisePrinted ? ";" : "");
            concisePrinted = true;
            out.print(quoted(name) + "," + quoted(info.uuid()) + ",");
            out.print(info.devno().minor() + "," + (info.state().readonly() ? "ro" : "rw"));
        }
        if (!line.type().isEmpty()) {
            out.print("," + head(line) + quoted(params(Verb.TABLE, line)));
        }
    }

    private static String quoted(String text) {
        return text.replaceAll("[,;\\\\]", "\\\\$0");
    }

    /// Whether the concise form was printed, whose one line is then to be ended.
    boolean concisePrinted() {
        return concisePrinted;
    }

    private boolean runs() {
        return has(Opt.EXEC);
    }

    private void run(String name) throws Failed {
        try {
            repair(name);
            new Execution(host).run(host.switches.value(Opt.EXEC, ""), host.folder + "/" + name);
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
    }

    private void repair(String name) throws Failed {
        try {
            host.files.repair(name);
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
    }

    void deps(@Nullable String word, boolean several) throws Failed {
        final Device device = host.device(word);
        final DmDeps found = host.kernel.runOrLeave("deps", device, id -> new DmTask.TableDeps(id, has(Opt.INACTIVE)));
        final List<Devno> deps = found.devices();
        if (has(Opt.VERBOSE)) {
            state(host.info(found.info()));
        } else {
            out.print(several ? word + ": " : "");
        }
        out.print(deps.size() + " dependencies\t:");
        for (Devno dep : deps) {
            out.print(" (" + shown(dep, ", ") + ")");
        }
        out.print('\n');
        if (several && has(Opt.VERBOSE)) {
            out.print('\n');
        }
    }

    /// A device's number or, as `-o` has it, its name.
    private String shown(Devno devno, String between) {
        final String form = DeviceForm.of(host.switches.value(Opt.OPTIONS, ""));
        final String name =
                form.equals(DeviceForm.NUMBER) ? null : host.files.blockName(devno, form.equals(DeviceForm.MAPPED));
        return name == null ? devno.major() + between + devno.minor() : name;
    }

    void ls() throws Failed {
        if (has(Opt.TARGET) || has(Opt.EXEC)) {
            each(null, true, (word, several) -> lsTarget(String.valueOf(word)));
        } else if (has(Opt.TREE)) {
            final DeviceTree tree = new DeviceTree(host);
            try {
                tree.addAll();
            } finally {
                new TreePrinter(host, tree).print();
            }
        } else {
            host.each(device -> host.shell.print(device.name() + "\t(" + shown(device.devno(), ":") + ")"));
        }
    }

    private void lsTarget(String name) throws Failed {
        final DmStatus status = status(Verb.STATUS, host.named(name));
        if (linesOf(status).isEmpty()) {
            return;
        }
        if (!runs() || has(Opt.VERBOSE)) {
            final Devno devno = status.info().devno();
            host.shell.print(name + "\t(" + devno.major() + ", " + devno.minor() + ")");
        }
        if (runs()) {
            run(name);
        }
    }
}
