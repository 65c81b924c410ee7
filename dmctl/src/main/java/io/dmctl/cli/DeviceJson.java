package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.util.Optional;

/// The fields of a device that several commands have in common. What a device does not have is null.
final class DeviceJson {
    private DeviceJson() {}

    /// Which device it is, and where.
    static void identity(Json json, Located device, DmDeviceInfo info) throws IOException {
        final Devno devno = info.devno();
        final boolean numbered = device.engine() == Engine.KERNEL || devno.major() != 0;
        json.put("name", info.name().unmangled());
        text(json, "uuid", info.uuid().map(DmUuid::unmangled));
        json.put("engine", device.engine().word());
        if (numbered) {
            json.put("major", devno.major()).put("minor", devno.minor());
        } else {
            json.putNull("major").putNull("minor");
        }
        final DeviceRecord record = device.record();
        if (record != null) {
            text(json, "group", record.group());
            text(json, "transport", record.transport());
            text(json, "address", record.address());
        }
    }

    /// How it is.
    static void state(Json json, DmDeviceInfo info) throws IOException {
        json.put("suspended", info.suspended())
                .put("read_only", info.readonly())
                .put("deferred_remove", info.deferredRemove())
                .put("live_table", info.liveTable())
                .put("inactive_table", info.inactiveTable());
        if (info.openCount() == -1) {
            json.putNull("open_count");
        } else {
            json.put("open_count", info.openCount());
        }
        json.put("event_nr", Integer.toUnsignedLong(info.eventNr())).put("target_count", info.targetCount());
    }

    static void text(Json json, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.put(name, value.get());
        } else {
            json.putNull(name);
        }
    }
}
