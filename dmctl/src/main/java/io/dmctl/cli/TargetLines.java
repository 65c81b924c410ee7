package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;

/// What `table` and `status` print: a line a target, with the device's name before it when not exactly one device was
/// named.
final class TargetLines {
    private TargetLines() {}

    static Usage options(Usage usage) {
        return Selection.words(usage)
                .option("TYPE", "only the lines of this target type", "--target")
                .flag("the table that is loaded and not in use", "--inactive")
                .flag("targets answer from what they know, without writing anything out first", "--noflush");
    }

    static void print(Kind kind, Arguments args, Session session) throws CommandFailure, DmException, IOException {
        Selection.each(
                args,
                session,
                (device, several) ->
                        print(kind, args, device, several, session.streams().out()));
    }

    private static void print(Kind kind, Arguments args, Located device, boolean prefix, PrintStream out)
            throws DmException {
        final DmStatus status =
                device.run(new DmTask.TableStatus(device.id(), kind, args.has("--inactive"), args.has("--noflush")));
        final Optional<String> type = args.value("--target");
        final String before = prefix ? device.device().shown() + ": " : "";
        if (status.lines().isEmpty() && type.isEmpty()) {
            out.println(before);
        }
        for (DmStatusLine line : status.lines()) {
            if (type.isEmpty() || type.get().equals(line.type())) {
                out.println(before + text(kind, line, args.has("--showkeys")));
            }
        }
    }

    private static DmStatusLine text(Kind kind, DmStatusLine line, boolean showKeys) {
        return kind == Kind.TABLE && !showKeys
                ? new DmStatusLine(
                        line.startSector(), line.lenSectors(), line.type(), KeyMask.hide(line.type(), line.text()))
                : line;
    }
}
