package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/// `ls`: the devices of both engines.
final class LsCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.LS)
                .example("ls", "all devices: the kernel's, then ours")
                .example("ls --target striped", "those with a striped target")
                .words("", 0, 0)
                .option("TYPE", "only devices whose table in use has this target type", "--target")
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final Optional<String> type = args.value("--target");
        final List<Located> all = session.all();
        final Json json = session.json();
        if (json != null) {
            json.list("devices");
            for (Located device : all) {
                if (type.isEmpty() || has(device, type.get())) {
                    json.object();
                    DeviceJson.identity(json, device, device.info());
                    json.endObject();
                }
            }
            json.endList();
            return;
        }
        final PrintStream out = session.streams().out();
        for (Located device : all) {
            // dmsetup has these two forms.
            if (type.isEmpty()) {
                print(out, device, ":");
            } else if (has(device, type.get())) {
                print(out, device, ", ");
            }
        }
        if (all.isEmpty()) {
            out.println("No devices found");
        }
    }

    private static void print(PrintStream out, Located device, String between) throws DmException {
        // Not joined by +: what joins strings is made at run time, for each shape.
        out.print(device.device().shown());
        out.print("\t(");
        out.print(where(device, between));
        out.println(")");
    }

    private static boolean has(Located device, String type) throws DmException {
        return device.run(new DmTask.TableStatus(device.id(), Kind.TABLE, false, true)).lines().stream()
                .anyMatch(line -> line.type().equals(type));
    }

    /// The device number; a device of ours may have none, then how it is reached.
    private static String where(Located device, String between) throws DmException {
        final Devno devno = device.info().devno();
        if (device.engine() == Engine.KERNEL || devno.major() != 0) {
            // As in print.
            return Integer.toString(devno.major()).concat(between).concat(Integer.toString(devno.minor()));
        }
        return device.record() == null ? "java" : device.record().transport().orElse("java");
    }
}
