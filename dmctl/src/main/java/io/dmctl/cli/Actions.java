package io.dmctl.cli;

import io.dmctl.backend.state.Action;
import io.dmctl.backend.state.DeviceSpec;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/// The steps of a plan as text and as JSON; keys are never shown.
final class Actions {
    private static final String INDENT = "    ";

    private Actions() {}

    static String word(Action action) {
        return switch (action) {
            case Action.Create a -> "create";
            case Action.Change a -> "change";
            case Action.Rename a -> "rename";
            case Action.SetUuid a -> "set-uuid";
            case Action.Remove a -> "remove";
        };
    }

    /// As `create d0`.
    static String line(Action action) {
        final String line = word(action) + " " + action.name().unmangled();
        return switch (action) {
            case Action.Rename rename -> line + " " + rename.newName().unmangled();
            case Action.SetUuid set -> line + " " + set.uuid().unmangled();
            case Action.Create a -> line;
            case Action.Change a -> line;
            case Action.Remove a -> line;
        };
    }

    // ---- what differs ----

    /// The step, and the lines that go (`-`) and come (`+`).
    static void printDifference(Action action, PrintStream out) {
        out.println(line(action) + " (" + action.engine().word() + ")");
        switch (action) {
            case Action.Create create -> lines("+", create.spec(), out);
            case Action.Change change -> {
                lines("-", change.before(), out);
                lines("+", change.spec(), out);
                if (shown(change.before()).equals(shown(change.spec()))) {
                    out.println("  its key or its mode differs, or the form of a word");
                }
            }
            case Action.Remove remove -> lines("-", remove.spec(), out);
            case Action.Rename rename -> {}
            case Action.SetUuid set -> {}
        }
    }

    private static void lines(String mark, DeviceSpec spec, PrintStream out) {
        if (spec.readonly()) {
            out.println(mark + " read-only");
        }
        shown(spec).lines().forEach(line -> out.println(mark + " " + line));
    }

    private static DmTable shown(DeviceSpec spec) {
        return spec.withoutKeys().table();
    }

    // ---- what is sent ----

    static void printIoctls(Action action, PrintStream out) {
        for (DmTask<?> task : action.tasks()) {
            out.println(action.engine().word() + " " + task.command() + " " + task.subject() + detail(task));
            if (task instanceof DmTask.TableLoad load) {
                masked(load).lines().forEach(line -> out.println(INDENT + line));
            }
        }
    }

    private static String detail(DmTask<?> task) {
        if (task instanceof DmTask.DevRename rename) {
            return " to " + rename.newName();
        }
        if (task instanceof DmTask.DevSetUuid set) {
            return " uuid " + set.newUuid();
        }
        if (task instanceof DmTask.DevCreate create) {
            return create.uuid().map(u -> " uuid " + u).orElse("");
        }
        if (task instanceof DmTask.TableLoad load) {
            return load.readonly() ? " read-only" : "";
        }
        return task instanceof DmTask.DevResume ? " resume" : "";
    }

    private static DmTable masked(DmTask.TableLoad load) {
        // Only the table counts here.
        return DeviceSpec.ofKernel(DmName.of("x"), load.table()).withoutKeys().table();
    }

    // ---- JSON ----

    static void print(String field, List<Action> actions, Json json) throws IOException {
        json.list(field);
        for (Action action : actions) {
            json.object()
                    .put("action", word(action))
                    .put("name", action.name().unmangled())
                    .put("engine", action.engine().word());
            switch (action) {
                case Action.Create create -> print("after", create.spec(), json);
                case Action.Change change -> {
                    print("before", change.before(), json);
                    print("after", change.spec(), json);
                }
                case Action.Remove remove -> print("before", remove.spec(), json);
                case Action.Rename rename ->
                    json.put("new_name", rename.newName().unmangled());
                case Action.SetUuid set -> json.put("uuid", set.uuid().unmangled());
            }
            json.list("ioctls");
            for (DmTask<?> task : action.tasks()) {
                json.object()
                        .put("ioctl", task.command().toString())
                        .put("subject", task.subject() + detail(task))
                        .endObject();
            }
            json.endList().endObject();
        }
        json.endList();
    }

    private static void print(String field, DeviceSpec spec, Json json) throws IOException {
        json.object(field);
        DeviceJson.text(json, "uuid", spec.uuid().map(DmUuid::unmangled));
        json.put("read_only", spec.readonly()).list("targets");
        for (DmTableLine line : shown(spec).lines()) {
            json.object()
                    .putUnsigned("start_sectors", line.startSector())
                    .putUnsigned("len_sectors", line.lenSectors())
                    .put("type", line.type())
                    .put("params", line.params())
                    .endObject();
        }
        json.endList().endObject();
    }
}
