package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.io.PrintStream;

/// `version`: ours, the kernel driver's as dmsetup prints it, and the interface version of the Java engine.
final class VersionCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.VERSION)
                .example("version", "all of them")
                .words("", 0, 0)
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final Json json = session.json();
        if (json != null) {
            print(session, json);
            return;
        }
        final PrintStream out = session.streams().out();
        line(out, "dmctl version:", Main.version());
        line(
                out,
                "Driver version:",
                session.kernel().available()
                        ? session.control(Engine.KERNEL)
                                .run(new DmTask.Version())
                                .toString()
                        : "none: " + session.kernel().reason());
        line(
                out,
                "Java engine:",
                session.control(Engine.JAVA).run(new DmTask.Version()).toString());
    }

    /// `driver` is null where the kernel's cannot be used; `dmctl features` tells why.
    private static void print(Session session, Json json) throws CommandFailure, DmException, IOException {
        json.put("dmctl", Main.version());
        if (session.kernel().available()) {
            json.put("driver", session.control(Engine.KERNEL).run(new DmTask.Version()));
        } else {
            json.putNull("driver");
        }
        json.put("java_engine", session.control(Engine.JAVA).run(new DmTask.Version()));
    }

    private static void line(PrintStream out, String name, String value) {
        Columns.print(out, name, 18, value);
    }
}
