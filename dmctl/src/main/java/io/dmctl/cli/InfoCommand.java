package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.TargetIo;
import io.dmctl.backend.transport.QueueSetup;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

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
        readAhead(info.devno(), session).ifPresent(sectors -> line(out, "Read Ahead", Long.toString(sectors)));
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
            record.ioMode().ifPresent(mode -> line(out, "I/O mode", mode));
            record.queues().ifPresent(queues -> line(out, "Queues", queues.toString()));
            final String providers = providers(record, session);
            if (!providers.isEmpty()) {
                line(out, "Provider", providers);
            }
            if (session.engines().hasDeadServer(record)) {
                line(out, "Server", "dead: recover the device, or remove it");
            }
        }
        out.println();
    }

    private static OptionalLong readAhead(Devno devno, Session session) {
        if (!session.isTaped()) {
            return ReadAhead.sectors(devno);
        }
        final String seen = session.look("read-ahead " + devno, () -> {
            final OptionalLong sectors = ReadAhead.sectors(devno);
            return sectors.isPresent() ? Long.toString(sectors.getAsLong()) : "";
        });
        return seen.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(seen));
    }

    private static void print(Located device, DmDeviceInfo info, Session session, Json json) throws IOException {
        DeviceJson.identity(json, device, info);
        DeviceJson.state(json, info);
        final OptionalLong readAhead = readAhead(info.devno(), session);
        if (readAhead.isPresent()) {
            json.put("read_ahead_sectors", readAhead.getAsLong());
        } else {
            json.putNull("read_ahead_sectors");
        }
        final DeviceRecord record = device.record();
        if (record != null) {
            DeviceJson.text(json, "io_mode", record.ioMode());
            queues(json, record.queues());
            DeviceJson.text(
                    json, "provider", Optional.of(providers(record, session)).filter(p -> !p.isEmpty()));
        }
        json.put("server_dead", record != null && session.engines().hasDeadServer(record));
    }

    /// Whose code does the work of the targets, where there is a choice: the cipher's of crypt.
    private static String providers(DeviceRecord record, Session session) throws IOException {
        return session.engines().targetIo(record.name()).stream()
                .map(TargetIo::provider)
                .filter(provider -> !provider.isEmpty())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static void queues(Json json, Optional<QueueSetup> found) throws IOException {
        if (found.isEmpty()) {
            json.putNull("queues")
                    .putNull("queue_depth")
                    .putNull("idle")
                    .putNull("queue_cpus")
                    .putNull("threads");
            return;
        }
        final QueueSetup queues = found.get();
        json.put("queues", queues.queues())
                .put("queue_depth", queues.depth())
                .put("idle", queues.idle())
                .strings("queue_cpus", queues.cpus())
                .put("threads", queues.threads());
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
