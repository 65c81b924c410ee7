package io.dmctl.backend.client;

import io.dmctl.bindings.control.Availability;
import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.KernelTransport;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// Both engines of this machine behind one door. Opens an engine when it is first needed.
///
/// Thread rule: one thread at a time.
public final class Engines implements AutoCloseable {
    private final Registry registry;
    private final Map<Engine, DmControl> open = new EnumMap<>(Engine.class);

    private Engines(Registry registry) {
        this.registry = registry;
    }

    public static Engines open() {
        return new Engines(new Registry());
    }

    /// Can the kernel's device-mapper be used here?
    public static Availability kernelAvailability() {
        return KernelTransport.probe();
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
        if (!kernelAvailability().available()) {
            return Optional.empty();
        }
        try {
            control(Engine.KERNEL).run(new DmTask.DevStatus(id, false));
            return Optional.of(Engine.KERNEL);
        } catch (DmException e) {
            if (e.errno() == io.dmctl.bindings.sys.Errno.ENXIO) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// The way to `engine`; this object keeps it and closes it.
    ///
    /// @throws IOException with the remedy when it cannot be used here
    public DmControl control(Engine engine) throws IOException {
        DmControl control = open.get(engine);
        if (control == null) {
            control = switch (engine) {
                case KERNEL -> DmControl.kernel();
                case JAVA -> DmControl.over(new JavaEngine(registry));
            };
            open.put(engine, control);
        }
        return control;
    }

    /// Reserves a name on `engine`; a name or uuid that the other engine has is refused with EBUSY. Only then does the
    /// engine see it.
    public <R> R create(Engine engine, DmTask<R> create) throws IOException, DmException {
        return control(engine).run(create);
    }

    /// Loads a table: on the Java engine `load` says how the device is shown, at its first load.
    public <R> R load(Engine engine, DmTask<R> load, LoadOptions options) throws IOException, DmException {
        return control(engine).run(load, engine == Engine.JAVA ? options.attachments() : DmAttachments.NONE);
    }

    @Override
    public void close() {
        open.values().forEach(DmControl::close);
        open.clear();
    }
}
