package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmDeps;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmTape;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTransport;
import io.dmctl.bindings.control.DmVersion;
import io.dmctl.bindings.control.KernelTransport;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The kernel's device-mapper, opened when it is first needed; its refusals in the words of libdm.
///
/// Commands have the names that libdm has for them, which are not the kernel's.
final class Kernel implements AutoCloseable {
    /// The library that we are; what is printed follows this release where releases differ.
    static final String LIBRARY = "1.02.205 (2025-02-27)";

    private final Shell shell;
    private final Switches switches;
    private @Nullable DmControl control;
    private @Nullable Debug debug;
    private boolean unusable;

    /// The command of dmsetup that this is for.
    Verb verb = Verb.HELP;
    /// What runs libdm does by itself: without the options that the user gave for a command.
    private boolean own;
    /// How often the same has been tried, with this time.
    int tries = 1;

    Kernel(Shell shell, Switches switches) {
        this.shell = shell;
        this.switches = switches;
    }

    /// Opens the control device, so that its absence is told before anything else that is wrong.
    DmControl open() throws Failed {
        DmControl c = control;
        if (unusable) {
            throw shell.backtrace(new Failed());
        }
        if (c == null) {
            try {
                c = DmControl.over(transport());
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

    private DmTransport transport() throws IOException {
        final DmTape tape = shell.tape();
        final DmTransport transport = tape == null ? KernelTransport.open() : tape.transport(KernelTransport::open);
        if (!shell.debugs()) {
            return transport;
        }
        final Debug told = new Debug(shell, switches, this, transport);
        told.command("version", null, null, "");
        debug = told;
        return told;
    }

    private DmVersion version() throws Failed {
        try {
            return open().version();
        } catch (DmException e) {
            shell.error("device-mapper: version ioctl on   failed: " + Errno.text(e.errno()));
            throw unreachable();
        }
    }

    /// The version, asked for anew.
    DmVersion newVersion() throws Failed {
        final DmVersion known = version();
        final DmVersion asked = attempt("version", new DmTask.Version()).reply();
        return asked == null ? known : asked;
    }

    private Failed unreachable() {
        unusable = true;
        shell.backtrace();
        shell.error("Failure to communicate with kernel device-mapper driver.");
        if (control == null) {
            shell.error("Check that device-mapper is available in the kernel.");
        }
        shell.backtrace();
        shell.backtrace();
        shell.error("Incompatible libdevmapper " + LIBRARY + " and kernel driver (unknown version).");
        return shell.backtrace(new Failed());
    }

    boolean own() {
        return own;
    }

    /// Something that libdm does by itself.
    interface Step<R> {
        R run() throws Failed;
    }

    <R> R byItself(Step<R> step) throws Failed {
        own = true;
        try {
            return step.run();
        } finally {
            own = false;
        }
    }

    /// A device's state and what it uses, as libdm asks by itself.
    DmDeps deps(Device device) throws Failed {
        return byItself(() -> run("deps", device, id -> new DmTask.TableDeps(id, false)));
    }

    /// Runs a command about one device. `op` names it in the error.
    <R> R run(String op, Device device, Function<DmId, DmTask<R>> task) throws Failed {
        final Outcome<R> outcome = attempt(op, device, task);
        if (outcome.reply() == null) {
            throw failed(op, device, outcome.errno());
        }
        return outcome.reply();
    }

    /// As [#run] for a caller that has nothing else to do when it fails.
    <R> R runOrLeave(String op, Device device, Function<DmId, DmTask<R>> task) throws Failed {
        try {
            return run(op, device, task);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    /// As [#runOrLeave], but null without an error where there is no such device.
    <R> @Nullable R find(String op, Device device, Function<DmId, DmTask<R>> task) throws Failed {
        try {
            final Outcome<R> outcome = attempt(op, device, task);
            if (outcome.reply() == null && outcome.errno() != Errno.ENXIO) {
                throw failed(op, device, outcome.errno());
            }
            return outcome.reply();
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    /// How a command ended: a reply, or an error number.
    record Outcome<R>(@Nullable R reply, int errno) {}

    /// Runs a command and tells nobody how it ended.
    <R> Outcome<R> attempt(String op, Device device, Function<DmId, DmTask<R>> task) throws Failed {
        open();
        if (device.lacksMajor()) {
            shell.error("Missing major number for persistent device.");
            shell.error("Couldn't create ioctl argument.");
            if (debug != null) {
                debug.ended(op);
            }
            throw new Failed();
        }
        final DmId id = device.id();
        return id == null ? absent(op, device, "") : attempt(op, device, task.apply(id));
    }

    /// What becomes of a command about a device that there cannot be.
    ///
    /// @param to the new name, `""` without one
    <R> Outcome<R> absent(String op, Device device, String to) {
        if (debug != null) {
            debug.command(op, device, null, to);
            debug.told();
            debug.ended(op);
        }
        return new Outcome<>(null, Errno.ENXIO);
    }

    /// Runs a command that is about `device`, if only in what is told of it.
    <R> Outcome<R> attempt(String op, @Nullable Device device, DmTask<R> task) throws Failed {
        final DmControl c = open();
        if (debug != null) {
            debug.command(op, device, task, "");
        }
        Outcome<R> outcome;
        try {
            outcome = new Outcome<>(c.run(asGiven(op, task)), 0);
        } catch (DmException e) {
            outcome = new Outcome<>(null, e.errno());
        }
        if (debug != null) {
            debug.ended(op);
        }
        return outcome;
    }

    /// With `--inactive`, which is also for commands whose own task does not have it.
    private <R> DmTask<R> asGiven(String op, DmTask<R> task) {
        final boolean changes = switch (op) {
            case "suspend", "resume", "reload", "clear", "waitevent" -> !own;
            default -> false;
        };
        return changes && switches.has(Opt.INACTIVE) ? new DmTask.QueryInactive<>(task) : task;
    }

    private <R> Outcome<R> attempt(String op, DmTask<R> task) throws Failed {
        return attempt(op, null, task);
    }

    /// Runs a command that is about no device.
    <R> R run(String op, DmTask<R> task) throws Failed {
        final Outcome<R> outcome = attempt(op, task);
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
