package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmTargetVersion;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmVersion;

/// The commands that show what the kernel has.
final class Targets {
    private final Host host;

    Targets(Host host) {
        this.host = host;
    }

    void all() throws Failed {
        try {
            for (DmTargetVersion version : host.kernel.run("versions", new DmTask.ListVersions())) {
                print(version);
            }
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
    }

    void one(String word) throws Failed {
        try {
            host.kernel.open();
            final Device type = host.named(word);
            print(host.kernel.run("target-version", type, id -> new DmTask.GetTargetVersion(id.toString())));
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
    }

    private void print(DmTargetVersion version) {
        final StringBuilder line = new StringBuilder(version.name());
        while (line.length() < 16) {
            line.append(' ');
        }
        host.shell.print(line.append(" v").append(version.version()).toString());
    }

    void versions() throws Failed {
        host.shell.print("Library version:   " + Kernel.LIBRARY);
        final DmVersion version;
        try {
            version = host.kernel.newVersion();
        } catch (Failed e) {
            // Of the function that asks, and of its caller.
            host.shell.backtrace();
            throw host.shell.backtrace(e);
        }
        host.shell.print("Driver version:    " + version);
    }
}
