package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Devno;

/// `suspend --checks`: tells when a device below is suspended already, as I/O could be caught between the two.
final class SuspendedBelow {
    private final Host host;
    private final int dmMajor;

    SuspendedBelow(Host host) {
        this.host = host;
        this.dmMajor = host.dmMajor();
    }

    void look(Device device) throws Failed {
        final DmDeviceInfo state = host.kernel.run("deps", device, id -> new DmTask.DevStatus(id, false));
        if (!state.suspended()) {
            below(device);
        }
    }

    private void below(Device device) throws Failed {
        for (Devno devno : host.kernel.run("deps", device, id -> new DmTask.TableDeps(id, false))) {
            if (devno.major() != dmMajor) {
                continue;
            }
            final Device child = Device.numbered(devno);
            if (host.kernel
                    .run("deps", child, id -> new DmTask.DevStatus(id, false))
                    .suspended()) {
                final String number = device.major() > 0 ? "(" + device.major() + ":" + device.minor() + ") " : "";
                host.shell.error("Internal error: Attempt to suspend device " + RawText.display(device.name())
                        + RawText.display(device.uuid()) + number + "that uses already-suspended device ("
                        + devno + ")");
            } else {
                below(child);
            }
        }
    }
}
