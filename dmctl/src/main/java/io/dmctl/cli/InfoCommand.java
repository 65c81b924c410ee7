package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.io.PrintStream;
import java.util.OptionalLong;

/// `info`: the state of devices, as dmsetup's long form; a device of the Java engine has lines more.
final class InfoCommand implements Command {
    @Override
    public Usage usage() {
        return Selection.words(new Usage(CommandName.INFO)
                        .example("info d0", "one device")
                        .example("info", "all devices"))
                .flag("targets and read-only of the table that is loaded and not in use", "--inactive")
                .deviceOptions()
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        Selection.each(args, session, (device, several) -> print(device, args, session));
    }

    private static void print(Located device, Arguments args, Session session) throws DmException, IOException {
        final DmDeviceInfo info = device.run(new DmTask.DevStatus(device.id(), args.has("--inactive")));
        final Json json = session.json();
        if (json != null) {
            print(device, info, session, json);
            return;
        }
        final PrintStream out = session.streams().out();
        line(out, "Name", info.name().unmangled());
        line(out, "State", state(info));
        ReadAhead.sectors(info.devno()).ifPresent(sectors -> line(out, "Read Ahead", Long.toString(sectors)));
        line(out, "Tables present", tables(info));
        if (info.openCount() != -1) {
            line(out, "Open count", Integer.toString(info.openCount()));
        }
        line(out, "Event number", Integer.toUnsignedString(info.eventNr()));
        line(out, "Major, minor", info.devno().major() + ", " + info.devno().minor());
        line(out, "Number of targets", Integer.toString(info.targetCount()));
        info.uuid().ifPresent(uuid -> out.println("UUID: " + uuid.unmangled()));
        final DeviceRecord record = device.record();
        if (record != null) {
            line(out, "Engine", "java");
            record.group().ifPresent(group -> line(out, "Group", group));
            record.transport().ifPresent(transport -> line(out, "Transport", transport));
            record.address().ifPresent(address -> line(out, "Address", address));
            if (session.engines().hasDeadServer(record)) {
                line(out, "Server", "dead: recover the device, or remove it");
            }
        }
        out.println();
    }

    private static void print(Located device, DmDeviceInfo info, Session session, Json json) throws IOException {
        DeviceJson.identity(json, device, info);
        DeviceJson.state(json, info);
        final OptionalLong readAhead = ReadAhead.sectors(info.devno());
        if (readAhead.isPresent()) {
            json.put("read_ahead_sectors", readAhead.getAsLong());
        } else {
            json.putNull("read_ahead_sectors");
        }
        final DeviceRecord record = device.record();
        json.put("server_dead", record != null && session.engines().hasDeadServer(record));
    }

    private static void line(PrintStream out, String name, String value) {
        Columns.print(out, name + ":", 18, value);
    }

    private static String state(DmDeviceInfo info) {
        return (info.suspended() ? "SUSPENDED" : "ACTIVE")
                + (info.readonly() ? " (READ-ONLY)" : "")
                + (info.deferredRemove() ? " (DEFERRED REMOVE)" : "");
    }

    private static String tables(DmDeviceInfo info) {
        if (info.liveTable()) {
            return info.inactiveTable() ? "LIVE & INACTIVE" : "LIVE";
        }
        return info.inactiveTable() ? "INACTIVE" : "None";
    }
}
