package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `explain`: the tables and the status of devices, or of lines, as named fields with units.
final class ExplainCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.EXPLAIN)
                .example("explain pool", "the table and the status of a device")
                .example("explain --json pool", "for a program")
                .example("explain -", "lines of standard input, as dmsetup status or table print them")
                .words("[NAME]...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME; without one all devices; - alone: standard input")
                .option("KIND", "with -: the lines are a table or a status (what they look like)", "--kind")
                .flag("targets answer from what they know, without writing anything out first", "--noflush")
                .deviceOptions()
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        if (args.words().equals(List.of("-"))) {
            lines(args, session);
            return;
        }
        if (args.has("--kind")) {
            throw CommandFailure.usage("--kind is for the lines of standard input");
        }
        Selection.each(args, session, (device, several) -> device(device, args, session));
    }

    // ---- devices ----

    private static void device(Located device, Arguments args, Session session) throws DmException, IOException {
        final boolean noflush = args.has("--noflush");
        final List<DmStatusLine> table = device.run(new DmTask.TableStatus(device.id(), Kind.TABLE, false, noflush))
                .lines();
        final var answer = device.run(new DmTask.TableStatus(device.id(), Kind.INFO, false, noflush));
        final List<DmStatusLine> status = answer.lines();
        final Json json = session.json();
        if (json != null) {
            DeviceJson.identity(json, device, answer.info());
            json.list("targets");
        }
        // A table that was swapped between the two has its own status next time.
        for (int i = 0; i < Math.min(table.size(), status.size()); i++) {
            final Explained first = Explained.of(Kind.TABLE, table.get(i));
            final Explained second = Explained.of(Kind.INFO, status.get(i));
            if (json == null) {
                session.streams().out().println(device.device().shown() + ": " + first.heading());
                first.print("table", session);
                second.print("status", session);
            } else {
                first.identity(json.object());
                first.print("table", json);
                second.print("status", json);
                json.endObject();
            }
        }
        if (json != null) {
            json.endList();
        }
    }

    // ---- lines ----

    private static void lines(Arguments args, Session session) throws CommandFailure, IOException {
        final Optional<Kind> kind = switch (args.oneOf("--kind", "", List.of("", "table", "status"))) {
            case "table" -> Optional.of(Kind.TABLE);
            case "status" -> Optional.of(Kind.INFO);
            default -> Optional.empty();
        };
        final String text = TableSource.standardInput(session.streams());
        final Json json = session.json();
        if (json != null) {
            json.list("lines");
        }
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            final Explained explained = Explained.of(line, kind, number);
            if (json == null) {
                session.streams().out().println(explained.heading());
                explained.print(explained.word(), session);
            } else {
                explained.identity(json.object());
                explained.print(explained.word(), json);
                json.endObject();
            }
        }
        if (json != null) {
            json.endList();
        }
        if (number == 0) {
            throw new CommandFailure(ExitCode.INVALID_TABLE, "standard input: no line");
        }
    }
}
