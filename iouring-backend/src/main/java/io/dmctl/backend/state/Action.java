package io.dmctl.backend.state;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Devno;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// A step of a plan: done whole, or not at all.
public sealed interface Action {
    Engine engine();

    /// The device, by the name that it has when the step begins.
    DmName name();

    /// What is sent to the engine, in order.
    List<DmTask<?>> tasks();

    /// What takes the step back once it is done, in order; nothing where there is no way back.
    List<Action> inverse();

    /// A step of which the whole device is known.
    sealed interface OfDevice extends Action {
        DeviceSpec spec();

        @Override
        default Engine engine() {
            return spec().engine();
        }

        @Override
        default DmName name() {
            return spec().name();
        }
    }

    /// A device that is not there.
    record Create(DeviceSpec spec) implements OfDevice {
        @Override
        public List<DmTask<?>> tasks() {
            final List<DmTask<?>> tasks = new ArrayList<>();
            tasks.add(create());
            if (!spec.table().lines().isEmpty()) {
                tasks.addAll(putInUse(spec));
            }
            return tasks;
        }

        @Override
        public List<Action> inverse() {
            return List.of(new Remove(spec, Remove.NO_NUMBER));
        }

        DmTask.DevCreate create() {
            return new DmTask.DevCreate(spec.name(), spec.uuid(), OptionalInt.empty());
        }
    }

    /// Another table for a device that is in use; `before` is what it has.
    record Change(DeviceSpec before, DeviceSpec spec) implements OfDevice {
        @Override
        public List<DmTask<?>> tasks() {
            return putInUse(spec);
        }

        @Override
        public List<Action> inverse() {
            return before.table().lines().isEmpty()
                    ? List.of(new Remove(spec, Remove.NO_NUMBER), new Create(before))
                    : List.of(new Change(spec, before));
        }
    }

    record Rename(Engine engine, DmName name, DmName newName) implements Action {
        @Override
        public List<DmTask<?>> tasks() {
            return List.of(new DmTask.DevRename(name, newName));
        }

        @Override
        public List<Action> inverse() {
            return List.of(new Rename(engine, newName, name));
        }
    }

    /// A uuid for a device that has none; device-mapper takes none away.
    record SetUuid(Engine engine, DmName name, DmUuid uuid) implements Action {
        @Override
        public List<DmTask<?>> tasks() {
            return List.of(new DmTask.DevSetUuid(name, uuid));
        }

        @Override
        public List<Action> inverse() {
            return List.of();
        }
    }

    /// A device that is not described; `spec` is what it has, `devno` 0:0 when it has no number.
    record Remove(DeviceSpec spec, Devno devno) implements OfDevice {
        private static final Devno NO_NUMBER = new Devno(0, 0);

        @Override
        public List<DmTask<?>> tasks() {
            return List.of(new DmTask.DevRemove(DmId.of(spec.name()), false));
        }

        /// The new device has another number.
        @Override
        public List<Action> inverse() {
            return List.of(new Create(spec));
        }
    }

    private static List<DmTask<?>> putInUse(DeviceSpec spec) {
        final DmId id = DmId.of(spec.name());
        // One resume: the engine suspends, swaps and lets go on in it.
        return List.of(new DmTask.TableLoad(id, spec.table(), spec.readonly()), new DmTask.DevResume(id, false, false));
    }
}
