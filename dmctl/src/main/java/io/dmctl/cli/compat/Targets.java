package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmTargetVersion;
import io.dmctl.bindings.control.DmTask;

/// The commands that show what the kernel has.
final class Targets {
    private final Host host;

    Targets(Host host) {
        this.host = host;
    }

    void all() throws Failed {
        for (DmTargetVersion version : host.kernel.run("versions", new DmTask.ListVersions())) {
            print(version);
        }
    }

    void one(String word) throws Failed {
        final Device type = host.named(word);
        final var outcome = host.kernel.attempt(type, id -> new DmTask.GetTargetVersion(id.toString()));
        if (outcome.reply() == null) {
            throw host.kernel.failed("target-version", type, outcome.errno());
        }
        print(outcome.reply());
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
        host.shell.print("Driver version:    " + host.kernel.version());
    }
}
