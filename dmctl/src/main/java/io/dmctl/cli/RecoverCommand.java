package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `recover`: devices of the Java engine whose server has died get a new one.
final class RecoverCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.RECOVER)
                .example("recover d0", "d0, and all that its server served")
                .example("recover --all", "whatever has lost its server")
                .words("[NAME]...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME")
                .flag("all devices that have lost their server", "--all");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final boolean all = args.has("--all");
        if (all == !args.words().isEmpty()) {
            throw CommandFailure.usage(
                    all ? "--all, and a device: " + args.words().getFirst() : "no device is named");
        }
        for (DmName name : all ? dead(session) : named(args, session)) {
            final List<DmName> back = session.engines().recover(name);
            if (back.isEmpty() && !all) {
                session.note(name.unmangled() + ": its server lives: nothing to recover");
            }
            back.forEach(n -> session.streams().out().println(n.unmangled() + ": recovered"));
        }
    }

    private static List<DmName> named(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final List<DmName> names = new ArrayList<>();
        for (String word : args.words()) {
            final Located device = session.locate(DeviceArgument.named(word));
            if (device.engine() == Engine.KERNEL) {
                throw new CommandFailure(
                        ExitCode.UNSUPPORTED, word + ": not on the kernel's engine: its devices have no server");
            }
            names.add(device.info().name());
        }
        return names;
    }

    private static List<DmName> dead(Session session) throws IOException {
        final List<DmName> names = new ArrayList<>();
        for (DeviceRecord record : session.engines().registry().all()) {
            if (session.engines().hasDeadServer(record)) {
                names.add(record.name());
            }
        }
        return names;
    }
}
