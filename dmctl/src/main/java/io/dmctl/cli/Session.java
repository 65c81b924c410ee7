package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTape;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTransport;
import io.dmctl.bindings.control.UdevPolicy;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What a command works with: its streams and the engines, each opened when it is first needed. Owns the
/// engines.
///
/// Thread rule: one thread at a time.
final class Session implements AutoCloseable {
    private static final int MAX_UDEV_SECONDS = 3600;

    private final CommandName command;
    private final Streams streams;
    private @Nullable DmTape tape;
    private @Nullable TimeLimit limit;
    private @Nullable Engines engines;
    private @Nullable Availability kernel;
    private @Nullable DmNodes nodes;
    private @Nullable UdevPolicy udev;
    private @Nullable String udevLate;
    private @Nullable Json json;

    Session(CommandName command, Streams streams) {
        this.command = command;
        this.streams = streams;
    }

    Streams streams() {
        return streams;
    }

    /// From here on the command prints JSON.
    void useJson() throws IOException {
        json = new Json(command);
    }

    /// Where the command prints to when it was asked for JSON; null when for text.
    @Nullable
    Json json() {
        return json;
    }

    /// Before the engines are needed: their commands are recorded, or answered from a record, which this object
    /// then owns.
    void use(DmTape tape) {
        this.tape = tape;
    }

    /// Before the engines are needed: the limit is told what is being waited for.
    void use(TimeLimit limit) {
        this.limit = limit;
    }

    /// The command has done all that it does; what it has found is its result also where the record is not well.
    ///
    /// @throws CommandFailure as [DmTape#close]
    void endRecord() throws CommandFailure {
        if (tape == null) {
            return;
        }
        try {
            tape.close();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), "", e).withResult();
        }
    }

    boolean isTaped() {
        return tape != null;
    }

    /// Whether nothing is done to this machine.
    boolean isReplayed() {
        return tape != null && tape.replays();
    }

    /// What a command sees of the machine besides the engines' answers: a record keeps it, too.
    String look(String what, Supplier<String> look) {
        return tape == null ? look.get() : tape.look(what, look);
    }

    /// A line on standard error that is no failure.
    void note(String text) {
        streams.err().println("dmctl " + command.word() + ": " + text);
    }

    Engines engines() {
        Engines e = engines;
        if (e == null) {
            final TimeLimit l = limit;
            final UnaryOperator<DmTransport> wrap = l == null ? UnaryOperator.identity() : l.pending()::watch;
            e = tape == null ? Engines.open(udev(), wrap) : Engines.open(tape, udev(), wrap);
            engines = e;
        }
        return e;
    }

    /// Whether the kernel's device-mapper can be used; asked once.
    Availability kernel() {
        Availability k = kernel;
        if (k == null) {
            k = tape == null ? Engines.kernelAvailability() : engines().kernel();
            kernel = k;
        }
        return k;
    }

    /// From here on changes of the kernel's devices wait for udev as the options say ([Usage#udevOptions]).
    void useUdev(Arguments args) throws CommandFailure {
        final int seconds = args.number("--udev-timeout", 1, MAX_UDEV_SECONDS, UdevPolicy.DEFAULT_TIMEOUT_SECONDS);
        if (args.has("--udev") || args.has("--udev-timeout")) {
            final String mode = args.oneOf("--udev", "auto", List.of("auto", "none", "required"));
            final boolean required = mode.equals("required");
            udev = new UdevPolicy(!mode.equals("none"), seconds, required ? late -> udevLate = late : this::note);
            if (required && !nodes().udevRuns()) {
                throw new CommandFailure(
                        ExitCode.UNSUPPORTED, "udev does not run here, or has no rules for device-mapper (dmsetup's)");
            }
        }
    }

    /// @throws CommandFailure when udev was required and has not done in time
    void requireUdev() throws CommandFailure {
        if (udevLate != null) {
            throw new CommandFailure(ExitCode.TIMEOUT, udevLate, "dmsetup udevcookies shows what is waited for", null)
                    .withResult();
        }
    }

    private UdevPolicy udev() {
        UdevPolicy u = udev;
        if (u == null) {
            u = UdevPolicy.ofEnvironment(this::note);
            udev = u;
        }
        return u;
    }

    /// Makes `name` lead to the kernel's device, where udev does not.
    void addNode(DmName name, Devno devno) throws IOException {
        told(name, nodes().add(name, devno));
    }

    /// Moves a kernel's device to `newName`.
    void renameNode(DmName name, DmName newName, Devno devno) throws IOException {
        told(newName, nodes().rename(name, newName, devno));
    }

    private void told(DmName name, DmNodes.Result result) {
        if (result == DmNodes.Result.LEFT_TO_UDEV && !isReplayed()) {
            note("udev has not made " + nodes().path(name) + ": --udev none makes it without udev");
        }
    }

    DmNodes nodes() {
        DmNodes n = nodes;
        if (n == null) {
            n = isReplayed() ? DmNodes.untouched() : DmNodes.system(udev());
            nodes = n;
        }
        return n;
    }

    /// The way to an engine.
    ///
    /// @throws CommandFailure when it cannot be used here, with the remedy
    DmControl control(Engine engine) throws CommandFailure, IOException {
        if (engine == Engine.KERNEL && !kernel().available()) {
            throw new CommandFailure(
                    kernelIsForbidden() ? ExitCode.PERMISSION : ExitCode.UNSUPPORTED,
                    "the kernel's device-mapper: " + kernel().reason(),
                    kernel().remedy(),
                    null);
        }
        return engines().control(engine);
    }

    /// The device is there, on the engine that has it.
    ///
    /// @throws CommandFailure with [ExitCode#NOT_FOUND]
    Located locate(DeviceArgument device) throws CommandFailure, DmException, IOException {
        final Optional<Engine> engine = engines().find(device.id());
        if (engine.isEmpty()) {
            throw new CommandFailure(
                    kernelIsForbidden() ? ExitCode.PERMISSION : ExitCode.NOT_FOUND,
                    device.shown() + ": " + Errno.describe(Errno.ENXIO),
                    kernelIsForbidden()
                            ? "the kernel's devices were not looked at: " + kernel().remedy()
                            : "dmctl ls lists the devices",
                    null);
        }
        return new Located(device, engine.get(), control(engine.get()), record(engine.get(), device));
    }

    private @Nullable DeviceRecord record(Engine engine, DeviceArgument device) throws IOException {
        return engine == Engine.JAVA ? engines().registry().find(device.id()).orElse(null) : null;
    }

    List<Located> locate(List<DeviceArgument> devices) throws CommandFailure, DmException, IOException {
        final List<Located> found = new ArrayList<>();
        for (DeviceArgument device : devices) {
            found.add(locate(device));
        }
        return found;
    }

    /// All devices: the kernel's in its order, then ours.
    List<Located> all() throws CommandFailure, DmException, IOException {
        final List<Located> all = new ArrayList<>();
        for (DmListedDevice device : list(Engine.KERNEL)) {
            all.add(located(device, Engine.KERNEL));
        }
        for (DmListedDevice device : list(Engine.JAVA)) {
            all.add(located(device, Engine.JAVA));
        }
        return all;
    }

    private Located located(DmListedDevice device, Engine engine) throws CommandFailure, IOException {
        final DeviceArgument named =
                new DeviceArgument(DmId.of(device.name()), device.name().unmangled());
        return new Located(named, engine, control(engine), record(engine, named));
    }

    /// The devices of an engine; none where it is not there.
    List<DmListedDevice> list(Engine engine) throws CommandFailure, DmException, IOException {
        if (engine == Engine.KERNEL && !kernel().available()) {
            noteHiddenKernel();
            return List.of();
        }
        if (engine == Engine.JAVA && engines().registry().all().isEmpty()) {
            return List.of();
        }
        if (engine == Engine.JAVA && tape != null) {
            noteLeftOut();
            return List.of();
        }
        return control(engine).run(new DmTask.ListDevices(false));
    }

    /// Tells when the kernel has devices, maybe, and this user must not see them.
    void noteHiddenKernel() {
        if (kernelIsForbidden()) {
            note("the kernel's devices are not shown: " + kernel().reason() + ": " + kernel().remedy());
        }
    }

    /// Tells when there are devices of the Java engine, which are in no record.
    void noteLeftOut() throws IOException {
        if (tape != null && !engines().registry().all().isEmpty()) {
            note("the Java engine's devices are left out: a record is of the kernel's device-mapper");
        }
    }

    private boolean kernelIsForbidden() {
        return !kernel().available()
                && (kernel().reason().contains("(EACCES)") || kernel().reason().contains("(EPERM)"));
    }

    @Override
    public void close() throws IOException {
        if (engines != null) {
            engines.close();
        }
        if (tape != null) {
            tape.close();
        }
    }
}
