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
        for (DmName name : asked(args, session, true)) {
            final List<DmName> back = session.engines().recover(name);
            if (back.isEmpty() && !args.has("--all")) {
                session.note(name.unmangled() + ": its server lives: nothing to recover");
            }
            back.forEach(n -> session.streams().out().println(n.unmangled() + ": recovered"));
        }
    }

    /// The devices of ours that the command line names; with `--all` those that have a dead server, or a live one.
    static List<DmName> asked(Arguments args, Session session, boolean dead)
            throws CommandFailure, DmException, IOException {
        final boolean all = args.has("--all");
        if (all == !args.words().isEmpty()) {
            throw CommandFailure.usage(
                    all ? "--all, and a device: " + args.words().getFirst() : "no device is named");
        }
        return all ? served(session, dead) : named(args, session);
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

    private static List<DmName> served(Session session, boolean dead) throws IOException {
        final List<DmName> names = new ArrayList<>();
        for (DeviceRecord record : session.engines().registry().all()) {
            if (record.group().isPresent() && session.engines().hasDeadServer(record) == dead) {
                names.add(record.name());
            }
        }
        return names;
    }
}
