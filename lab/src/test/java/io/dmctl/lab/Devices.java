package io.dmctl.lab;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// Devices of both engines through the library, in this JVM: a start of the command line costs seconds in the guest.
public final class Devices implements AutoCloseable {
    public static final LoadOptions UBLK = new LoadOptions("ublk", 1, 64, "");

    private final Engines engines = Engines.open();

    public Engines engines() {
        return engines;
    }

    public static DmId id(String name) {
        return DmId.of(DmName.mangle(name));
    }

    public static DmTable table(String text) {
        try {
            return DmTable.parse(text);
        } catch (DmTableSyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /// Name, table, in use; when a step fails, what was made is taken back.
    public void create(Engine engine, String name, String table, LoadOptions how) throws IOException, DmException {
        final DmDeviceInfo made = reserve(engine, name, Optional.empty());
        boolean ok = false;
        try {
            load(engine, name, table, how);
            resume(engine, name);
            if (engine == Engine.KERNEL) {
                DmNodes.system().add(made.name(), made.devno());
            }
            ok = true;
        } finally {
            if (!ok) {
                engines.control(engine).run(new DmTask.DevRemove(id(name), false));
            }
        }
    }

    public void createJava(String name, String table) throws IOException, DmException {
        create(Engine.JAVA, name, table, UBLK);
    }

    public DmDeviceInfo reserve(Engine engine, String name, Optional<String> uuid) throws IOException, DmException {
        return engines.create(
                engine,
                new DmTask.DevCreate(
                        DmName.mangle(name), uuid.map(io.dmctl.bindings.control.DmUuid::of), OptionalInt.empty()));
    }

    public void load(Engine engine, String name, String table, LoadOptions how) throws IOException, DmException {
        engines.load(engine, new DmTask.TableLoad(id(name), table(table), false), how);
    }

    /// A device with a read-only table.
    public void createReadOnly(Engine engine, String name, String table, LoadOptions how)
            throws IOException, DmException {
        final DmDeviceInfo made = reserve(engine, name, Optional.empty());
        boolean ok = false;
        try {
            loadReadOnly(engine, name, table, how);
            resume(engine, name);
            if (engine == Engine.KERNEL) {
                DmNodes.system().add(made.name(), made.devno());
            }
            ok = true;
        } finally {
            if (!ok) {
                engines.control(engine).run(new DmTask.DevRemove(id(name), false));
            }
        }
    }

    public void loadReadOnly(Engine engine, String name, String table, LoadOptions how)
            throws IOException, DmException {
        engines.load(engine, new DmTask.TableLoad(id(name), table(table), true), how);
    }

    public void suspend(Engine engine, String name) throws IOException, DmException {
        engines.control(engine).run(new DmTask.DevSuspend(id(name), false, true));
    }

    public void resume(Engine engine, String name) throws IOException, DmException {
        engines.control(engine).run(new DmTask.DevResume(id(name), false, true));
    }

    /// A new table in use, at once.
    public void swapJava(String name, String table) throws IOException, DmException {
        load(Engine.JAVA, name, table, UBLK);
        resume(Engine.JAVA, name);
    }

    public DmDeviceInfo info(Engine engine, String name) throws IOException, DmException {
        return engines.control(engine).run(new DmTask.DevStatus(id(name), false));
    }

    public void remove(Engine engine, String name) throws IOException, DmException {
        final DmDeviceInfo info = info(engine, name);
        engines.control(engine).run(new DmTask.DevRemove(id(name), false));
        if (engine == Engine.KERNEL) {
            DmNodes.system().remove(info.name(), info.devno());
        }
    }

    /// In this order, each from the engine that has it.
    public void removeIfThere(String... names) throws IOException, DmException {
        for (String name : names) {
            final Optional<Engine> engine = engines.find(id(name));
            if (engine.isPresent()) {
                remove(engine.get(), name);
            }
        }
    }

    /// The live table, a line a target.
    public String tableText(Engine engine, String name) throws IOException, DmException {
        return statusText(engine, name, DmTask.TableStatus.Kind.TABLE);
    }

    /// What the targets say, a line a target.
    public String statusText(Engine engine, String name, DmTask.TableStatus.Kind kind) throws IOException, DmException {
        return engines.control(engine).run(new DmTask.TableStatus(id(name), kind, false, false)).lines().stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        engines.close();
    }
}
