package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.control.KeyMask;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;

/// What `table` and `status` print: a line a target, with the device's name before it when not exactly one
/// device was named.
final class TargetLines {
    private TargetLines() {}

    static Usage options(Usage usage) {
        return Selection.words(usage)
                .option("TYPE", "only the lines of this target type", "--target")
                .flag("the table that is loaded and not in use", "--inactive")
                .flag("targets answer from what they know, without writing anything out first", "--noflush")
                .json();
    }

    static void print(Kind kind, Arguments args, Session session) throws CommandFailure, DmException, IOException {
        Selection.each(args, session, (device, several) -> print(kind, args, device, several, session));
    }

    private static void print(Kind kind, Arguments args, Located device, boolean prefix, Session session)
            throws DmException, IOException {
        final DmStatus status =
                device.run(new DmTask.TableStatus(device.id(), kind, args.has("--inactive"), args.has("--noflush")));
        final Optional<String> type = args.value("--target");
        final Json json = session.json();
        if (json != null) {
            print(kind, args, device, status, json);
            return;
        }
        final PrintStream out = session.streams().out();
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

    private static void print(Kind kind, Arguments args, Located device, DmStatus status, Json json)
            throws IOException {
        final Optional<String> type = args.value("--target");
        DeviceJson.identity(json, device, status.info());
        json.list("targets");
        for (DmStatusLine line : status.lines()) {
            if (type.isEmpty() || type.get().equals(line.type())) {
                json.object()
                        .putUnsigned("start_sectors", line.startSector())
                        .putUnsigned("len_sectors", line.lenSectors())
                        .put("type", line.type())
                        .put(
                                kind == Kind.TABLE ? "params" : "status",
                                text(kind, line, args.has("--showkeys")).text())
                        .endObject();
            }
        }
        json.endList();
    }

    private static DmStatusLine text(Kind kind, DmStatusLine line, boolean showKeys) {
        return kind == Kind.TABLE && !showKeys
                ? new DmStatusLine(
                        line.startSector(), line.lenSectors(), line.type(), KeyMask.hide(line.type(), line.text()))
                : line;
    }
}
