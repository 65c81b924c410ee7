package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.ProcessControl;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Resumes a device that stays suspended for too long: a process of its own, so that it outlives the one that
/// suspends, with all that it needs in locked memory, so that it also works when the suspended device is below
/// the root file system.
///
/// It ends when it has resumed the device, and when the process that started it has ended and the device is not
/// suspended. Until then it stays: a swap may leave the device suspended more than once.
public final class ResumeWatchdog implements AutoCloseable {
    private static final long LOOK_EVERY_MS = 100;

    private final Process process;

    private ResumeWatchdog(Process process) {
        this.process = process;
    }

    /// Returns when it is ready: suspend then.
    ///
    /// @param seconds from when the device is seen to be suspended
    /// @throws IOException with what it said when it did not start
    public static ResumeWatchdog start(Engine engine, DmName name, int seconds) throws IOException {
        final Process process = new ProcessBuilder(JavaCommand.of(
                        List.of("-Xmx16m", "-Xint", "-XX:ReservedCodeCacheSize=4m"),
                        ResumeWatchdog.class,
                        List.of(
                                engine.name(),
                                name.toString(),
                                Integer.toString(seconds),
                                Long.toString(ProcessHandle.current().pid()))))
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        final BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        final String line = out.readLine();
        if (!"ready".equals(line)) {
            process.destroyForcibly();
            throw new IOException("the watchdog of " + name + " did not start: " + line);
        }
        return new ResumeWatchdog(process);
    }

    /// Ends it: it is not needed any more.
    @Override
    public void close() {
        process.destroy();
    }

    // ---- the process ----

    /// `ENGINE NAME SECONDS PARENT`; says `ready` on standard output, or why not.
    public static void main(String[] args) throws Exception {
        final Engine engine = Engine.valueOf(args[0]);
        final DmName name = DmName.of(args[1]);
        final long timeoutNs = Long.parseLong(args[2]) * 1_000_000_000L;
        final Optional<ProcessHandle> parent = ProcessHandle.of(Long.parseLong(args[3]));
        try (Engines engines = Engines.open()) {
            final DmControl control = engines.control(engine);
            final DmId id = DmId.of(name);
            warmUp(control, id);
            FrozenFileSystems.thaw(null);
            lock();
            ProcessControl.setsid();
            System.out.println("ready");
            watch(control, id, timeoutNs, parent);
            if (engine == Engine.JAVA
                    && !control.run(new DmTask.DevStatus(id, false)).suspended()) {
                FrozenFileSystems.thaw(engines.registry().find(id).orElse(null));
            }
        }
    }

    /// Loads what a resume needs, by one of a device that there is not.
    private static void warmUp(DmControl control, DmId id) throws DmException {
        control.run(new DmTask.DevStatus(id, false));
        try {
            control.run(new DmTask.DevResume(DmId.of(DmName.of("dmctl-no-such-device")), true, true));
        } catch (DmException e) {
            if (e.errno() != Errno.ENXIO) {
                throw e;
            }
        }
    }

    private static void lock() {
        try {
            ProcessControl.lockAllMemory();
        } catch (ErrnoException e) {
            // Not permitted here: it works while the device is not below this program's own files.
            return;
        }
    }

    private static void watch(DmControl control, DmId id, long timeoutNs, Optional<ProcessHandle> parent)
            throws DmException, InterruptedException {
        long suspendedNs = 0;
        while (true) {
            final boolean mayComeYet = parent.isPresent() && parent.get().isAlive();
            final DmDeviceInfo info = control.run(new DmTask.DevStatus(id, false));
            final long now = System.nanoTime();
            if (!info.suspended()) {
                if (!mayComeYet) {
                    return;
                }
                suspendedNs = 0;
            } else if (suspendedNs == 0) {
                suspendedNs = now;
            } else if (now - suspendedNs >= timeoutNs) {
                control.run(new DmTask.DevResume(id, false, false));
                return;
            }
            Thread.sleep(LOOK_EVERY_MS);
        }
    }
}
