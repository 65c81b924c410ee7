package io.dmctl.backend.watch;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.control.KernelTransport;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tells what happens to the devices of both engines. What the kernel announces (devices made, removed,
/// renamed, tables in use, events of targets) is told at once; what it does not (suspend and resume, fills) and
/// what happens in the Java engine, when one looks next.
///
/// Thread rule: one thread at a time. Owns its way to the kernel; [#close] closes it.
public final class DeviceWatch implements AutoCloseable {
    private final Engines engines;
    private final Changes changes;
    private final @Nullable KernelTransport kernel;
    private final @Nullable DmControl control;
    private Map<DmName, DeviceView> seen = Map.of();

    /// Begins now: what is there is known, but for fills that are above one of `thresholds` (percents), which
    /// the first look tells. `engines` stay the caller's.
    public DeviceWatch(Engines engines, List<Integer> thresholds) throws IOException, DmException {
        this.engines = engines;
        this.changes = new Changes(thresholds);
        // A way of its own: what is armed is the open file.
        this.kernel = Engines.kernelAvailability().available() ? KernelTransport.open() : null;
        this.control = kernel == null ? null : DmControl.over(kernel);
        boolean ok = false;
        try {
            arm();
            seen = look();
            ok = true;
        } finally {
            if (!ok) {
                close();
            }
        }
    }

    /// Before a look, so that what happens after it wakes the next wait.
    private void arm() throws DmException {
        if (control != null) {
            control.run(new DmTask.DevArmPoll());
        }
    }

    /// What has happened since the last call; waits at most `timeoutMs` for the kernel to announce something.
    ///
    /// @throws InterruptedException when the thread was interrupted, within `timeoutMs`
    public List<DeviceEvent> next(int timeoutMs) throws IOException, DmException, InterruptedException {
        if (kernel == null) {
            Thread.sleep(timeoutMs);
        } else {
            kernel.awaitEvent(timeoutMs);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("watch");
        }
        arm();
        final Map<DmName, DeviceView> now = look();
        final List<DeviceEvent> events = changes.between(seen, now);
        seen = now;
        return events;
    }

    private Map<DmName, DeviceView> look() throws IOException, DmException {
        final Map<DmName, DeviceView> all = new LinkedHashMap<>();
        if (control != null) {
            look(Engine.KERNEL, control, all);
        }
        look(Engine.JAVA, engines.control(Engine.JAVA), all);
        return all;
    }

    private static void look(Engine engine, DmControl control, Map<DmName, DeviceView> to) throws DmException {
        for (DmListedDevice device : control.run(new DmTask.ListDevices(false))) {
            final DmId id = DmId.of(device.name());
            try {
                final DmStatus table = control.run(new DmTask.TableStatus(id, Kind.TABLE, false, true));
                final DmStatus status = control.run(new DmTask.TableStatus(id, Kind.INFO, false, true));
                to.put(device.name(), new DeviceView(engine, status.info(), table.lines(), status.lines()));
            } catch (DmException e) {
                // Gone since the list, or its server has died: then it is as gone until it is recovered.
                if (e.errno() != Errno.ENXIO && e.errno() != Errno.EIO) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        if (control != null) {
            control.close();
        }
    }
}
