package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkFeature;
import io.dmctl.bindings.ublkctl.UblkState;
import java.io.IOException;
import java.util.Optional;

/// Stops, deletes and quiesces ublk devices past their servers: what is served well is left to its server.
final class UblkActions {
    private final UblkControl control;
    private final UblkDevices devices;

    UblkActions(UblkControl control, UblkDevices devices) {
        this.control = control;
        this.devices = devices;
    }

    /// Answers what was done.
    String stop(int id, boolean force) throws CommandFailure, IOException {
        final UblkDeviceInfo info = control.info(id);
        if (info.state() == UblkState.DEAD) {
            return "was stopped";
        }
        if (force) {
            stopped(id, () -> control.stop(id));
        } else {
            requireNotServedByUs(id, "dmctl remove");
            safeStop(id);
        }
        tellOfRecord(id);
        return "stopped";
    }

    String delete(int id, boolean force) throws CommandFailure, IOException {
        stop(id, force);
        try {
            stopped(id, () -> control.delete(id));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENODEV) { // its server has deleted it when it was stopped
                throw e;
            }
        }
        return "deleted";
    }

    String quiesce(int id, int timeoutMs) throws CommandFailure, IOException {
        requireNotServedByUs(id, "dmctl upgrade");
        if (!control.info(id).has(UblkFeature.QUIESCE)) {
            throw new CommandFailure(
                    ExitCode.UNSUPPORTED,
                    "ublkb" + id + ": it was made without QUIESCE",
                    "its server must ask for it when it makes the device (Linux " + UblkFeature.QUIESCE.firstKernel()
                            + ")",
                    null);
        }
        try {
            control.quiesce(id, timeoutMs);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EBUSY) {
                throw e;
            }
            throw new CommandFailure(
                    ExitCode.TIMEOUT,
                    "ublkb" + id + ": a queue was full for " + timeoutMs + " ms; new I/O waits all the same",
                    "quiesce it again, or end its server",
                    e);
        }
        return "quiesced";
    }

    private void requireNotServedByUs(int id, String command) throws CommandFailure, IOException {
        final Optional<DeviceRecord> ours = devices.ours(id);
        if (ours.isPresent() && devices.isServed(ours.get())) {
            final String name = ours.get().name().unmangled();
            throw new CommandFailure(
                    ExitCode.BUSY, "ublkb" + id + ": is " + name + ", whose server lives", command + " " + name, null);
        }
    }

    /// The name of a device of ours is not given back with its block device.
    private void tellOfRecord(int id) throws IOException {
        final Optional<DeviceRecord> ours = devices.ours(id);
        if (ours.isPresent()) {
            final String name = ours.get().name().unmangled();
            devices.note("ublkb" + id + ": was " + name + ": dmctl remove " + name + " takes the rest away");
        }
    }

    private void safeStop(int id) throws CommandFailure, IOException {
        if (!UblkFeature.SAFE_STOP_DEV.in(control.features())) {
            throw new CommandFailure(
                    ExitCode.UNSUPPORTED,
                    "ublkb" + id + ": this driver cannot tell whether it is in use (Linux "
                            + UblkFeature.SAFE_STOP_DEV.firstKernel() + " can)",
                    "see that nobody uses it, then --force",
                    null);
        }
        try {
            stopped(id, () -> control.tryStop(id));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EBUSY) {
                throw e;
            }
            throw new CommandFailure(
                    ExitCode.BUSY,
                    "ublkb" + id + ": it is in use",
                    "unmount it and end what has it open, or --force, which fails its I/O",
                    e);
        }
    }

    private interface Step {
        void run() throws ErrnoException;
    }

    /// A stop waits for the requests in the server, a delete for whoever has the character device open.
    private void stopped(int id, Step step) throws CommandFailure, ErrnoException {
        try {
            step.run();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ETIMEDOUT) {
                throw e;
            }
            throw new CommandFailure(
                    ExitCode.TIMEOUT,
                    "ublkb" + id + ": its server does not let it go",
                    "end the server" + pid(id) + ", then try again",
                    e);
        }
    }

    /// As words; nothing when it is not known.
    private String pid(int id) {
        try {
            final int pid = control.info(id).serverPid();
            return pid > 0 ? " (" + pid + ")" : "";
        } catch (ErrnoException e) {
            return "";
        }
    }
}
