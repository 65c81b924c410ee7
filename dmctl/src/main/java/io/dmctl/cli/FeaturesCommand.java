package io.dmctl.cli;

import io.dmctl.bindings.control.UdevPolicy;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkFeature;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/// `features`: what this machine can do, why not the rest, and what would change that.
final class FeaturesCommand implements Command {
    private static final int MIN_JAVA = 22;

    @Override
    public Usage usage() {
        return new Usage(CommandName.FEATURES)
                .example("features", "a line each: name, yes or no, what was found or is missing, remedy")
                .words("", 0, 0)
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws IOException {
        final Json json = session.json();
        if (json != null) {
            json.list("features");
        }
        list(session);
        if (json != null) {
            json.endList();
        }
    }

    private static void list(Session session) throws IOException {
        print(
                session,
                "kernel-dm",
                session.kernel().available(),
                session.kernel().reason(),
                session.kernel().remedy());
        final Availability uring = IoUring.probe();
        print(
                session,
                "io_uring",
                uring.available(),
                uring.available() ? "rings can be made" : uring.reason(),
                uring.remedy());
        ublk(session);
        print(session, "nbd", true, "devices are served on a Unix socket, to any NBD client", "");
        print(session, "embedded", true, "a program can serve devices in its own process", "");
        final ThisProcess process = ThisProcess.read();
        print(session, "root", process.root(), "user id " + process.uid(), process.root() ? "" : "run as root");
        print(
                session,
                "cap_sys_admin",
                process.sysAdmin(),
                process.sysAdmin() ? "held" : "not held",
                process.sysAdmin() ? "" : "run as root, in a container with --cap-add SYS_ADMIN");
        final boolean udev = session.nodes().udevRuns();
        print(
                session,
                "udev",
                udev,
                udev
                        ? "makes the nodes in /dev/mapper"
                        : (UdevPolicy.udevListens() ? "has no rules for device-mapper" : "does not run")
                                + ": dmctl makes the nodes in /dev/mapper",
                "");
        print(
                session,
                "memlock",
                process.memlockUnlimited(),
                process.memlock(),
                process.memlockUnlimited() ? "" : "ulimit -l unlimited, or CAP_IPC_LOCK, to lock a server in memory");
        final int java = Runtime.version().feature();
        print(session, "java", java >= MIN_JAVA, Runtime.version() + ", " + System.getProperty("java.vm.name"), "");
    }

    private static void ublk(Session session) throws IOException {
        final Availability ublk = UblkControl.probe();
        if (!ublk.available()) {
            print(session, "ublk", false, ublk.reason(), ublk.remedy());
            return;
        }
        try (UblkControl control = UblkControl.open()) {
            final Set<UblkFeature> there = UblkFeature.setOf(control.features());
            print(
                    session,
                    "ublk",
                    true,
                    "driver with " + there.size() + " of " + UblkFeature.values().length + " features",
                    "");
            for (UblkFeature feature : EnumSet.allOf(UblkFeature.class)) {
                final boolean has = there.contains(feature);
                print(
                        session,
                        "ublk:" + feature,
                        has,
                        has ? "" : "not in this kernel",
                        has ? "" : "Linux " + feature.firstKernel() + " or newer");
            }
        } catch (ErrnoException e) {
            print(session, "ublk", false, e.getMessage(), "");
        }
    }

    private static void print(Session session, String name, boolean has, String reason, String remedy)
            throws IOException {
        final Json json = session.json();
        if (json != null) {
            json.object()
                    .put("name", name)
                    .put("available", has)
                    .put("reason", reason)
                    .put("remedy", remedy)
                    .endObject();
            return;
        }
        session.streams()
                .out()
                .println(String.format("%-27s %-3s %s", name, has ? "yes" : "no", reason)
                                .stripTrailing()
                        + (remedy.isEmpty() ? "" : "; remedy: " + remedy));
    }
}
