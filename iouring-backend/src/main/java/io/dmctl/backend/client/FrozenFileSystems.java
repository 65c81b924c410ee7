package io.dmctl.backend.client;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.FsFreeze;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The file systems on a device of the Java engine that is being suspended: frozen here, as the kernel freezes
/// those on its own devices. They are thawed again unless [#keep] is called, also when the process is told to
/// end meanwhile.
///
/// Thread rule: one thread, and the shutdown hook.
public final class FrozenFileSystems implements AutoCloseable {
    private static final String UBLK = "/dev/ublkb";

    private final Deque<Path> frozen = new ArrayDeque<>();
    private final Thread hook = new Thread(this::thawAll, "thaw");

    private FrozenFileSystems() {}

    /// Freezes what is mounted of the device.
    ///
    /// @throws IOException when one cannot be frozen; then none is
    public static FrozenFileSystems freeze(@Nullable DeviceRecord record) throws IOException {
        final FrozenFileSystems result = new FrozenFileSystems();
        result.thawAtEnd();
        boolean ok = false;
        try {
            for (Path point : mountPoints(record)) {
                result.freezeOne(point);
            }
            ok = true;
            return result;
        } finally {
            if (!ok) {
                result.close();
            }
        }
    }

    /// Thaws what is mounted of the device, where it is frozen.
    public static void thaw(@Nullable DeviceRecord record) throws IOException {
        for (Path point : mountPoints(record)) {
            try {
                FsFreeze.thaw(point.toString());
            } catch (ErrnoException e) {
                // Not frozen.
                if (e.errno() != Errno.EINVAL) {
                    throw e;
                }
            }
        }
    }

    private static List<Path> mountPoints(@Nullable DeviceRecord record) throws IOException {
        final String address = record == null ? "" : record.address().orElse("");
        return address.startsWith(UBLK) ? MountedDevice.mountPoints(Path.of(address)) : List.of();
    }

    private void thawAtEnd() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: who freezes now does so in a hook of its own, and closes this.
            return;
        }
    }

    private synchronized void freezeOne(Path point) throws IOException {
        try {
            FsFreeze.freeze(point.toString());
            frozen.push(point);
        } catch (ErrnoException e) {
            // Frozen by another already (EBUSY), or a kind that cannot be: the kernel suspends then, too.
            if (e.errno() != Errno.EBUSY && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
    }

    /// They stay frozen until the device is resumed.
    public synchronized void keep() {
        frozen.clear();
    }

    private synchronized void thawAll() {
        while (!frozen.isEmpty()) {
            FsFreeze.tryThaw(frozen.pop().toString());
        }
    }

    @Override
    public void close() {
        thawAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs, and finds nothing to do.
            return;
        }
    }
}
