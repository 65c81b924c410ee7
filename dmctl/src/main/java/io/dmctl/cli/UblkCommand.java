package io.dmctl.cli;

import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.ublkctl.UblkControl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `ublk`: the ublk devices of this machine, whoever serves them, or nobody any more.
final class UblkCommand implements Command {
    private static final int MAX_TIMEOUT_MS = 25_000; // a command to the driver is given 30 s

    @Override
    public Usage usage() {
        return new Usage(CommandName.UBLK)
                .example("ublk list", "all of them: state, server, queues, flags, and which are dmctl's")
                .example("ublk stop 0", "/dev/ublkb0 goes, unless somebody uses it")
                .example("ublk delete ublkb0 /dev/ublkb1", "stop both, and free their numbers")
                .example("ublk quiesce 2 --timeout 1000", "take the server away; I/O waits for the next one")
                .words("ACTION [DEVICE]...", 1, Integer.MAX_VALUE)
                .argument("list", "print the devices")
                .argument("stop DEVICE...", "end the block devices")
                .argument("delete DEVICE...", "stop them where they run, and free their numbers")
                .argument("quiesce DEVICE...", "let their servers go: new I/O waits in the kernel until a recovery")
                .argument("owner DEVICE...", "print user and group id of an ordinary user's device; for udev")
                .argument("DEVICE", "N, ublkbN, /dev/ublkbN or /dev/ublkcN")
                .flag("stop, delete: also while the device is in use, whose I/O fails then", "--force")
                .option("MS", "quiesce: how long a queue may stay full, 1 to 25000 (5000)", "--timeout")
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, IOException {
        final int timeoutMs = args.number("--timeout", 1, MAX_TIMEOUT_MS, 5000);
        final String action = args.words().getFirst();
        final List<Integer> ids = ids(args);
        final boolean force = args.has("--force");
        final Availability there = UblkControl.probe();
        if (!there.available()) {
            throw new CommandFailure(ExitCode.UNSUPPORTED, "ublk: " + there.reason(), there.remedy(), null);
        }
        try (UblkControl control = UblkControl.open()) {
            final UblkDevices devices = new UblkDevices(control, session);
            if (action.equals("list")) {
                devices.list();
                return;
            }
            final UblkActions actions = new UblkActions(control, devices);
            final Json json = session.json();
            if (json != null) {
                json.list("devices");
            }
            for (int id : ids) {
                final String done = switch (action) {
                    case "stop" -> actions.stop(id, force);
                    case "delete" -> actions.delete(id, force);
                    case "owner" -> devices.owner(id);
                    default -> actions.quiesce(id, timeoutMs);
                };
                tell(session, id, done);
            }
            if (json != null) {
                json.endList();
            }
        }
    }

    private static void tell(Session session, int id, String done) throws IOException {
        final Json json = session.json();
        if (json == null) {
            session.streams().out().println("ublkb" + id + ": " + done);
        } else {
            json.object().put("id", id).put("done", done).endObject();
        }
    }

    private static List<Integer> ids(Arguments args) throws CommandFailure {
        final List<String> words = args.words();
        final String action = words.getFirst();
        if (!List.of("list", "stop", "delete", "quiesce", "owner").contains(action)) {
            throw CommandFailure.usage("'" + action + "' is not one of list, stop, delete, quiesce, owner");
        }
        if (action.equals("list") && words.size() > 1) {
            throw CommandFailure.usage("unexpected argument: '" + words.get(1) + "'");
        }
        if (!action.equals("list") && words.size() == 1) {
            throw CommandFailure.usage(action + ": no device is named");
        }
        if (args.has("--force") && !action.equals("stop") && !action.equals("delete")) {
            throw CommandFailure.usage("--force is for stop and delete");
        }
        if (args.has("--timeout") && !action.equals("quiesce")) {
            throw CommandFailure.usage("--timeout is for quiesce");
        }
        final List<Integer> ids = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            ids.add(UblkDevices.id(word));
        }
        return ids;
    }
}
