package io.dmctl.jmh;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTask;
import java.util.Optional;
import java.util.OptionalInt;

/// Makes or removes a device of the Java engine, shown by ublk with one queue of 128 tags, in the server that
/// `dmctl` would start: `create NAME TABLE [GROUP [IO-MODE]]`, `create-ro` with the same, or `remove NAME`. Devices
/// of one group share a server, which runs as long as one of them is there; the group of "" is one of its own.
public final class JavaDevice {
    private JavaDevice() {}

    public static void main(String[] args) throws Exception {
        final DmName name = DmName.mangle(args[1]);
        try (Engines engines = Engines.open()) {
            switch (args[0]) {
                case "create" -> create(engines, name, args, false);
                case "create-ro" -> create(engines, name, args, true);
                case "remove" -> engines.control(Engine.JAVA).run(new DmTask.DevRemove(DmId.of(name), false));
                default -> throw new IllegalArgumentException("create, create-ro or remove, was " + args[0]);
            }
        }
    }

    private static void create(Engines engines, DmName name, String[] args, boolean readOnly) throws Exception {
        final DmId id = DmId.of(name);
        final DmTable table = DmTable.parse(args[2]);
        final LoadOptions oneQueue = new LoadOptions("ublk", 1, 128, args.length > 3 ? args[3] : "")
                .withIoMode(args.length > 4 ? args[4] : LoadOptions.DEFAULT.ioMode());
        engines.create(Engine.JAVA, new DmTask.DevCreate(name, Optional.empty(), OptionalInt.empty()));
        boolean ok = false;
        try {
            engines.load(Engine.JAVA, new DmTask.TableLoad(id, table, readOnly), oneQueue);
            engines.control(Engine.JAVA).run(new DmTask.DevResume(id, false, false));
            ok = true;
        } finally {
            if (!ok) {
                engines.control(Engine.JAVA).run(new DmTask.DevRemove(id, false));
            }
        }
    }
}
