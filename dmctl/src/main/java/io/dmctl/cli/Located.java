package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmTask;
import org.jspecify.annotations.Nullable;

/// A device that was found, and the way to its engine.
///
/// @param record what the registry knows of a device of the Java engine; null for the kernel's
record Located(
        DeviceArgument device,
        Engine engine,
        DmControl control,
        @Nullable DeviceRecord record) {
    DmId id() {
        return device.id();
    }

    boolean isKernels() {
        return engine == Engine.KERNEL;
    }

    <R> R run(DmTask<R> task) throws DmException {
        return control.run(task);
    }

    DmDeviceInfo info() throws DmException {
        return control.run(new DmTask.DevStatus(id(), false));
    }
}
