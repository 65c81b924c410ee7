package io.dmctl.backend.client;

import io.dmctl.backend.server.ServerProtocol;
import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTape;
import io.dmctl.bindings.control.DmTargetVersion;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTransport;
import io.dmctl.bindings.control.Frame;
import io.dmctl.bindings.control.KernelTransport;
import io.dmctl.bindings.control.SocketTransport;
import io.dmctl.bindings.control.UdevPolicy;
import io.dmctl.bindings.control.UdevTransport;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Both engines of this machine behind one door. Opens an engine when it is first needed.
///
/// Thread rule: one thread at a time.
public final class Engines implements AutoCloseable {
    /// By convention there is none of this name.
    private static final Path NOWHERE = Path.of("/nonexistent");

    private final Registry registry;
    private final UnaryOperator<DmTransport> wrap;
    private final UdevPolicy udev;
    private final @Nullable DmTape tape;
    /// As the record has it.
    private @Nullable Availability kernel;
    private final Map<Engine, DmControl> open = new EnumMap<>(Engine.class);

    private Engines(Registry registry, UnaryOperator<DmTransport> wrap, UdevPolicy udev, @Nullable DmTape tape) {
        this.registry = registry;
        this.wrap = wrap;
        this.udev = udev;
        this.tape = tape;
    }

    public static Engines open() {
        return open(Registry.system());
    }

    /// With changes of the kernel's devices that wait for udev as `udev` says, and each way wrapped by `wrap` as in
    /// [#open(Registry, UnaryOperator)].
    public static Engines open(UdevPolicy udev, UnaryOperator<DmTransport> wrap) {
        return new Engines(Registry.system(), wrap, udev, null);
    }

    /// With another registry than this user's own.
    public static Engines open(Registry registry) {
        return open(registry, UnaryOperator.identity());
    }

    /// With each way to an engine wrapped by `wrap` when it is opened: what sees every command before the engine does,
    /// and may keep or refuse it.
    public static Engines open(Registry registry, UnaryOperator<DmTransport> wrap) {
        return new Engines(registry, wrap, UdevPolicy.ofEnvironment(Engines::warn), null);
    }

    private static void warn(String late) {
        LoggerFactory.getLogger(Engines.class).warn(late); // looked for only when there is something to say
    }

    /// With a record of the commands to the kernel's device-mapper, written or answering; the caller closes it
    /// behind this object. Of the Java engine there are only its target types then: what it does is not in its
    /// commands alone. A replay looks at no registry, and does not wait for udev.
    public static Engines open(DmTape tape, UdevPolicy udev, UnaryOperator<DmTransport> wrap) {
        return new Engines(tape.replays() ? Registry.at(NOWHERE) : Registry.system(), wrap, udev, tape);
    }

    /// Can the kernel's device-mapper be used here?
    public static Availability kernelAvailability() {
        return KernelTransport.probe();
    }

    /// As [#kernelAvailability]; with a record it is asked once, and is what it was when the record was made.
    ///
    /// @throws java.io.UncheckedIOException as [DmTape#look]
    public Availability kernel() {
        if (tape == null) {
            return kernelAvailability();
        }
        Availability k = kernel;
        if (k == null) {
            final String[] seen = tape.look("kernel", () -> {
                        final Availability there = kernelAvailability();
                        return (there.available() ? "yes" : "no") + "\n" + there.reason() + "\n" + there.remedy();
                    })
                    .split("\n", -1);
            k = new Availability(seen[0].equals("yes"), seen.length > 1 ? seen[1] : "", seen.length > 2 ? seen[2] : "");
            kernel = k;
        }
        return k;
    }

    public Registry registry() {
        return registry;
    }

    /// The engine that has the device; empty when none has. A device of ours is looked for first: that is a look at a
    /// file.
    ///
    /// @throws IOException when an engine that is there does not answer
    public Optional<Engine> find(DmId id) throws IOException, DmException {
        if (registry.find(id).isPresent()) {
            return Optional.of(Engine.JAVA);
        }
        return kernelHas(id) ? Optional.of(Engine.KERNEL) : Optional.empty();
    }

    /// The way to `engine`; this object keeps it and closes it.
    ///
    /// @throws IOException with the remedy when it cannot be used here
    public DmControl control(Engine engine) throws IOException {
        DmControl control = open.get(engine);
        if (control == null) {
            control = DmControl.over(wrap.apply(
                    switch (engine) {
                        case KERNEL -> tape == null ? openKernel() : tape.transport(this::openKernel);
                        case JAVA ->
                            tape == null
                                    ? new JavaEngine(registry)
                                    : new JavaTypes(new JavaEngine(Registry.at(NOWHERE)));
                    }));
            open.put(engine, control);
        }
        return control;
    }

    private DmTransport openKernel() throws IOException {
        return new UdevTransport(KernelTransport.open(), udev);
    }

    /// Reserves a name on `engine`; a name or uuid that the other engine has is refused with EBUSY. Only then does the
    /// engine see it.
    public DmDeviceInfo create(Engine engine, DmTask.DevCreate create) throws IOException, DmException {
        return switch (engine) {
            case JAVA -> createJava(create);
            case KERNEL -> createKernel(create);
        };
    }

    /// The registry's reservation comes first; then the kernel is asked, and if it has the name the reservation is
    /// given back.
    private DmDeviceInfo createJava(DmTask.DevCreate create) throws IOException, DmException {
        final DmDeviceInfo made = control(Engine.JAVA).run(create);
        if (kernelHas(DmId.of(create.name()))
                || (create.uuid().isPresent() && kernelHas(DmId.of(create.uuid().get())))) {
            registry.remove(create.name());
            throw new ErrnoException(
                    "name", create.name() + ": the kernel engine has a device of that name or uuid", Errno.EBUSY);
        }
        return made;
    }

    /// Under the registry's lock, so that no device of ours takes the name in between.
    private DmDeviceInfo createKernel(DmTask.DevCreate create) throws IOException, DmException {
        final DmControl kernel = control(Engine.KERNEL);
        if (tape != null && tape.replays()) {
            return kernel.run(create); // no name is taken by it
        }
        final Object outcome = registry.locked(() -> {
            final boolean uuidTaken = create.uuid().isPresent()
                    && registry.find(DmId.of(create.uuid().get())).isPresent();
            if (uuidTaken || registry.find(DmId.of(create.name())).isPresent()) {
                throw new ErrnoException(
                        "name", create.name() + ": the Java engine has a device of that name or uuid", Errno.EBUSY);
            }
            try {
                return kernel.run(create);
            } catch (DmException e) {
                return e;
            }
        });
        if (outcome instanceof DmException refused) {
            throw refused;
        }
        return (DmDeviceInfo) outcome;
    }

    private boolean kernelHas(DmId id) throws IOException, DmException {
        if (!kernel().available()) {
            return false;
        }
        try {
            control(Engine.KERNEL).run(new DmTask.DevStatus(id, false));
            return true;
        } catch (DmException e) {
            if (e.errno() == Errno.ENXIO) {
                return false;
            }
            throw e;
        }
    }

    /// Loads a table: on the Java engine `load` says how the device is shown, at its first load.
    public <R> R load(Engine engine, DmTask<R> load, LoadOptions options) throws IOException, DmException {
        return control(engine).run(load, engine == Engine.JAVA ? options.attachments() : DmAttachments.NONE);
    }

    /// The target types of the Java engine, with those of the modules of `modulePath`: absolute paths with `:` between
    /// them, empty for none.
    ///
    /// @throws DmException EINVAL with what is wrong with a module
    public List<DmTargetVersion> javaTypes(String modulePath) throws IOException, DmException {
        final List<String> options =
                modulePath.isEmpty() ? List.of() : List.of(ServerProtocol.MODULE_PATH + "=" + modulePath);
        return control(Engine.JAVA).run(new DmTask.ListVersions(), new DmAttachments(List.of(), options));
    }

    /// Had the device a server that has died? It answers nothing then: [#recover] or remove it.
    public boolean hasDeadServer(DeviceRecord record) throws IOException {
        return record.group().isPresent() && !Groups.isServed(registry, record);
    }

    /// Brings a device of ours back whose server has died, and all others of its group.
    ///
    /// @return what was brought back; nothing when the server lives
    public List<DmName> recover(DmName name) throws IOException, DmException {
        return new Recovery(registry).run(name);
    }

    /// Gives a device of ours, and all others of its group, a new server of the present code; no request fails.
    ///
    /// @return what the new server serves
    /// @throws ErrnoException EOPNOTSUPP when one of them cannot be handed over, with the reason
    public List<DmName> upgrade(DmName name) throws IOException, DmException {
        return new Recovery(registry).upgrade(name);
    }

    /// What the targets of a device of ours have done; nothing for a device without a server.
    public List<TargetIo> targetIo(DmName name) throws IOException {
        final Optional<String> group = registry.find(DmId.of(name)).flatMap(DeviceRecord::group);
        if (group.isEmpty() || !Groups.isAlive(registry, group.get())) {
            return List.of();
        }
        final byte[] bytes = name.bytes();
        try (SocketTransport server = Groups.connect(registry, group.get());
                Arena arena = Arena.ofConfined()) {
            final MemorySegment body = arena.allocate(bytes.length);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, body, 0, bytes.length);
            try (Frame reply = server.run(ServerProtocol.COUNTS, body, DmAttachments.NONE)) {
                if (reply.outcome().errno() != 0) {
                    throw new ErrnoException(
                            "counts", name.toString(), reply.outcome().errno());
                }
                return new String(
                                reply.body().asSlice(0, reply.bodyBytes()).toArray(ValueLayout.JAVA_BYTE),
                                StandardCharsets.UTF_8)
                        .lines()
                        .map(TargetIo::parse)
                        .toList();
            }
        }
    }

    @Override
    public void close() {
        open.values().forEach(DmControl::close);
        open.clear();
    }
}
