package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTargetVersion;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.util.List;

/// `targets`: the target types of an engine in dmsetup's form, or of both with the engine behind each.
final class TargetsCommand implements Command {
    private static final String BOTH = "both";

    @Override
    public Usage usage() {
        return new Usage(CommandName.TARGETS)
                .example("targets", "both engines")
                .example("targets --engine java", "the target types in Java")
                .words("", 0, 0)
                .option("ENGINE", "kernel, java or both (both); the kernel tells those that are loaded", "--engine")
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final String engine = args.oneOf("--engine", BOTH, List.of("kernel", "java", BOTH));
        final Json json = session.json();
        if (json != null) {
            json.list("targets");
        }
        for (Engine e : Engine.values()) {
            if (engine.equals(e.word())) {
                print(session, e, "");
            } else if (engine.equals(BOTH)
                    && (e == Engine.JAVA || session.kernel().available())) {
                print(session, e, " " + e.word());
            }
        }
        if (json != null) {
            json.endList();
        }
    }

    private static void print(Session session, Engine engine, String suffix)
            throws CommandFailure, DmException, IOException {
        final Json json = session.json();
        for (DmTargetVersion target : session.control(engine).run(new DmTask.ListVersions())) {
            if (json != null) {
                json.object()
                        .put("type", target.name())
                        .put("engine", engine.word())
                        .put("version", target.version())
                        .endObject();
            } else {
                Columns.print(session.streams().out(), target.name(), 16, "v" + target.version() + suffix);
            }
        }
    }
}
