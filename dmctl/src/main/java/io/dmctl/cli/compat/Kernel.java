package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmTape;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmVersion;
import io.dmctl.bindings.control.KernelTransport;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The kernel's device-mapper, opened when it is first needed; its refusals in the words of libdm.
final class Kernel implements AutoCloseable {
    /// The library that we are; what is printed follows this release where releases differ.
    static final String LIBRARY = "1.02.205 (2025-02-27)";

    private final Shell shell;
    private @Nullable DmControl control;

    Kernel(Shell shell) {
        this.shell = shell;
    }

    /// Opens the control device, so that its absence is told before anything else that is wrong.
    DmControl open() throws Failed {
        DmControl c = control;
        if (c == null) {
            try {
                final DmTape tape = shell.tape();
                c = DmControl.over(tape == null ? KernelTransport.open() : tape.transport(KernelTransport::open));
            } catch (IOException e) {
                final int errno = e instanceof ErrnoException call ? call.errno() : Errno.EIO;
                shell.error("/dev/mapper/control: open failed: " + Errno.text(errno));
                throw unreachable();
            }
            control = c;
            version();
        }
        return c;
    }

    DmVersion version() throws Failed {
        try {
            return open().version();
        } catch (DmException e) {
            shell.error("device-mapper: version ioctl on   failed: " + Errno.text(e.errno()));
            throw unreachable();
        }
    }

    private Failed unreachable() {
        shell.error("Failure to communicate with kernel device-mapper driver.");
        if (control == null) {
            shell.error("Check that device-mapper is available in the kernel.");
        }
        return shell.failed("Incompatible libdevmapper " + LIBRARY + " and kernel driver (unknown version).");
    }

    /// Runs a command about one device. `op` names it in the error.
    <R> R run(String op, Device device, Function<DmId, DmTask<R>> task) throws Failed {
        final Outcome<R> outcome = attempt(device, task);
        if (outcome.reply() == null) {
            throw failed(op, device, outcome.errno());
        }
        return outcome.reply();
    }

    /// As [#run], but null without an error where there is no such device.
    <R> @Nullable R find(String op, Device device, Function<DmId, DmTask<R>> task) throws Failed {
        final Outcome<R> outcome = attempt(device, task);
        if (outcome.reply() == null && outcome.errno() != Errno.ENXIO) {
            throw failed(op, device, outcome.errno());
        }
        return outcome.reply();
    }

    /// How a command ended: a reply, or an error number.
    record Outcome<R>(@Nullable R reply, int errno) {}

    /// Runs a command and tells nobody how it ended.
    <R> Outcome<R> attempt(Device device, Function<DmId, DmTask<R>> task) throws Failed {
        open();
        final DmId id = device.id();
        return id == null ? new Outcome<>(null, Errno.ENXIO) : attempt(task.apply(id));
    }

    <R> Outcome<R> attempt(DmTask<R> task) throws Failed {
        try {
            return new Outcome<>(open().run(task), 0);
        } catch (DmException e) {
            return new Outcome<>(null, e.errno());
        }
    }

    /// Runs a command that is about no device.
    <R> R run(String op, DmTask<R> task) throws Failed {
        final Outcome<R> outcome = attempt(task);
        if (outcome.reply() == null) {
            throw failed(op, Device.named(""), outcome.errno());
        }
        return outcome.reply();
    }

    Failed failed(String op, Device device, int errno) {
        return shell.failed("device-mapper: " + op + " ioctl on " + device + " failed: " + Errno.text(errno));
    }

    @Override
    public void close() {
        if (control != null) {
            control.close();
        }
    }
}
