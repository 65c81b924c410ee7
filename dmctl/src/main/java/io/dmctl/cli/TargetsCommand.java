package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTargetVersion;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `targets`: the target types of an engine in dmsetup's form, or of both with the engine behind each, and where those
/// of one's own are from.
final class TargetsCommand implements Command {
    private static final String BOTH = "both";

    @Override
    public Usage usage() {
        return new Usage(CommandName.TARGETS)
                .example("targets", "both engines")
                .example("targets --engine java", "the target types in Java")
                .example("targets --module-path my-targets.jar", "and those of a jar of your own")
                .words("", 0, 0)
                .option("PATH", "Java engine: jars with targets of your own, or a folder of them", "--module-path")
                .option("ENGINE", "kernel, java or both (both); the kernel tells those that are loaded", "--engine")
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final String engine = args.oneOf("--engine", BOTH, List.of("kernel", "java", BOTH));
        final String modulePath = ShownAs.modulePath(args);
        final Json json = session.json();
        if (json != null) {
            json.list("targets");
        }
        final boolean both = engine.equals(BOTH);
        if (engine.equals(Engine.KERNEL.word()) || (both && session.kernel().available())) {
            print(session, Engine.KERNEL, session.control(Engine.KERNEL).run(new DmTask.ListVersions()), "", both);
        }
        if (both || engine.equals(Engine.JAVA.word())) {
            final List<DmTargetVersion> builtIn = session.engines().javaTypes("");
            print(session, Engine.JAVA, builtIn, "", both);
            printModules(session, modulePath, builtIn, both);
        }
        if (json != null) {
            json.endList();
        }
    }

    /// The types of the module path, and of those that devices were loaded with.
    private static void printModules(Session session, String given, List<DmTargetVersion> builtIn, boolean both)
            throws DmException, IOException {
        if (!given.isEmpty()) {
            print(session, Engine.JAVA, modules(session, given, builtIn), given, both);
        }
        final Set<String> ofDevices = new LinkedHashSet<>();
        for (DeviceRecord record : session.isTaped()
                ? List.<DeviceRecord>of()
                : session.engines().registry().all()) {
            record.modulePath().filter(path -> !path.equals(given)).ifPresent(ofDevices::add);
        }
        for (String path : ofDevices) {
            try {
                print(session, Engine.JAVA, modules(session, path, builtIn), path, both);
            } catch (DmException e) { // a device goes on without its jar
                session.note(ErrorReport.of(e).text());
            }
        }
    }

    private static List<DmTargetVersion> modules(Session session, String path, List<DmTargetVersion> builtIn)
            throws DmException, IOException {
        final List<DmTargetVersion> types = new ArrayList<>(session.engines().javaTypes(path));
        types.removeAll(builtIn);
        return types;
    }

    /// `modulePath` is where they are from; empty for those that are built in.
    private static void print(
            Session session, Engine engine, List<DmTargetVersion> types, String modulePath, boolean withEngine)
            throws IOException {
        final Json json = session.json();
        for (DmTargetVersion target : types) {
            if (json != null) {
                json.object()
                        .put("type", target.name())
                        .put("engine", engine.word())
                        .put("version", target.version());
                DeviceJson.text(json, "module_path", Optional.of(modulePath).filter(path -> !path.isEmpty()));
                json.endObject();
            } else {
                final String from = modulePath.isEmpty() ? "" : " " + modulePath;
                Columns.print(
                        session.streams().out(),
                        target.name(),
                        16,
                        "v" + target.version() + (withEngine ? " " + engine.word() + from : ""));
            }
        }
    }
}
