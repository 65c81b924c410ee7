package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// `create`: name, table, in use; when a step fails, what was made is taken back.
final class CreateCommand implements Command {
    private static final int MAX_MINOR = (1 << 20) - 1;

    @Override
    public Usage usage() {
        return TableSource.options(new Usage(CommandName.CREATE)
                        .example("create d0 --table \"0 2048 zero\"", "on the engine that can run the table")
                        .example("create d1 --engine java --table \"0 2048 linear disk.img 0\"", "on a file")
                        .example("create d2 table.txt", "from a file; without one from standard input")
                        .words("NAME [FILE]", 1, 2)
                        .argument("NAME", "the new device's name")
                        .argument("FILE", "the table; - or nothing: standard input"))
                .option(
                        "ENGINE",
                        "auto, kernel or java (auto): auto is the kernel where it can run the table",
                        "--engine")
                .option("UUID", "give the device this uuid", "-u", "--uuid")
                .flag("only the name: no table, not in use", "-n", "--notable")
                .option("MINOR", "the device number to take (kernel engine)", "-m", "--minor")
                .loadOptions()
                .udevOptions()
                .flag("tell on standard error which engine was chosen, and why", "-v", "--verbose");
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException {
        final DmName name = DeviceArgument.name(args.words().getFirst());
        final Optional<String> uuidText = args.value("--uuid");
        final Optional<DmUuid> uuid =
                uuidText.isPresent() ? Optional.of(DeviceArgument.uuid(uuidText.get())) : Optional.empty();
        final OptionalInt minor =
                args.has("--minor") ? OptionalInt.of(args.number("--minor", 0, MAX_MINOR, 0)) : OptionalInt.empty();
        final ShownAs shownAs = ShownAs.of(args);
        final DmTable table = table(args, session.streams());
        final EngineChoice choice = EngineChoice.choose(args, shownAs, table, session);
        if (args.has("--verbose")) {
            session.note(name + ": the " + choice.engine().word() + " engine: " + choice.why());
        }
        if (choice.engine() == Engine.KERNEL) {
            shownAs.refuseOnKernel();
        } else if (minor.isPresent()) {
            throw CommandFailure.usage(
                    "--minor is for the kernel's devices: one of the Java engine has no such number");
        }
        create(session, choice.engine(), new DmTask.DevCreate(name, uuid, minor), table, args, shownAs);
    }

    private static DmTable table(Arguments args, Streams streams)
            throws CommandFailure, DmTableSyntaxException, IOException {
        final List<String> files = args.words().subList(1, args.words().size());
        if (!args.has("--notable")) {
            // As in dmsetup, an empty standard input is no table.
            return TableSource.read(args, files, streams);
        }
        if (args.has("--table") || !files.isEmpty()) {
            throw CommandFailure.usage("--notable, and a table: " + (files.isEmpty() ? "--table" : files.getFirst()));
        }
        return new DmTable(List.of());
    }

    private static void create(
            Session session, Engine engine, DmTask.DevCreate task, DmTable table, Arguments args, ShownAs shownAs)
            throws CommandFailure, DmException, IOException {
        session.control(engine);
        final DmDeviceInfo made = session.engines().create(engine, task);
        final DmId id = DmId.of(task.name());
        boolean ok = false;
        try {
            if (!table.lines().isEmpty()) {
                TableLoader.load(
                        session, engine, new DmTask.TableLoad(id, table, args.has("--readonly")), shownAs.options());
                session.control(engine).run(new DmTask.DevResume(id, false, false));
                if (engine == Engine.KERNEL) {
                    session.addNode(task.name(), made.devno());
                }
            }
            ok = true;
        } finally {
            if (!ok) {
                takeBack(session, engine, task.name(), made);
            }
        }
    }

    /// What failed first is what is told, so a failure here is only a note.
    private static void takeBack(Session session, Engine engine, DmName name, DmDeviceInfo made) {
        try {
            session.control(engine).run(new DmTask.DevRemove(DmId.of(name), false));
            if (engine == Engine.KERNEL) {
                session.nodes().remove(name, made.devno());
            }
        } catch (CommandFailure | DmException | IOException e) {
            session.note(name + ": is left behind: " + ErrorReport.of(e).text());
        }
    }
}
