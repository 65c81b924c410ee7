package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeps;
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
        final DmDeps deps = host.kernel.deps(device);
        if (deps.info().suspended()) {
            final Devno devno = deps.info().devno();
            host.shell.debug("Attempting to suspend a device that is already suspended (%s)", devno);
        } else {
            below(device, deps);
        }
    }

    private void below(Device device, DmDeps all) throws Failed {
        for (Devno devno : all.devices()) {
            if (devno.major() != dmMajor) {
                continue;
            }
            final Device child = Device.numbered(devno);
            final DmDeps deps = host.kernel.deps(child);
            if (deps.info().suspended()) {
                final String number = device.major() > 0 ? "(" + device.major() + ":" + device.minor() + ") " : "";
                host.shell.error("Internal error: Attempt to suspend device " + RawText.display(device.name())
                        + RawText.display(device.uuid()) + number + "that uses already-suspended device ("
                        + devno + ")");
            } else {
                below(child, deps);
            }
        }
    }
}
