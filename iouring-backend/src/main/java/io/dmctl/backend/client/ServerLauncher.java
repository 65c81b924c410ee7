package io.dmctl.backend.client;

import io.dmctl.backend.server.DeviceServer;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.ProcessControl;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Starts a device server: a JVM of its own, with the class or module path and the Java of this process.
///
/// The thread that starts it first becomes an I/O flusher and leaves the mount namespace; both are inherited
/// (decision 13). Where the machine forbids either, the server starts all the same, and its log says so.
final class ServerLauncher {
    private static final int READY_SECONDS = 90;
    /// More options for a server's JVM, with white space between them.
    private static final String OPTIONS_VARIABLE = "DMCTL_SERVER_JAVA_OPTS";

    private ServerLauncher() {}

    /// Returns once the server's socket answers.
    ///
    /// @throws IOException with what the server said when it did not start
    static void start(Registry registry, String group) throws IOException {
        final FutureTask<Process> starting = new FutureTask<>(() -> spawn(registry, group));
        Thread.ofPlatform().name("server-start").start(starting);
        final Path log = registry.groupDir(group).resolve("log");
        try {
            final Process server = starting.get();
            final FutureTask<String> ready = new FutureTask<>(() -> firstLine(server));
            Thread.ofPlatform().daemon().name("server-ready").start(ready);
            final String line = ready.get(READY_SECONDS, TimeUnit.SECONDS);
            if (!"ready".equals(line)) {
                throw new IOException("the device server of group " + group + " did not start: " + text(log));
            }
        } catch (ExecutionException e) {
            throw new IOException("the device server of group " + group + " did not start: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "the device server of group " + group + " was not ready after " + READY_SECONDS + " s: "
                            + text(log),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the device server of group " + group + " started", e);
        }
    }

    private static String firstLine(Process server) throws IOException {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII))) {
            return String.valueOf(out.readLine());
        }
    }

    private static String text(Path log) throws IOException {
        final String text = Files.exists(log) ? Files.readString(log).strip() : "";
        return text.isEmpty() ? "it said nothing" : text;
    }

    private static Process spawn(Registry registry, String group) throws IOException {
        try {
            ProcessControl.setIoFlusher();
        } catch (ErrnoException e) {
            // Not permitted here: the server tells it in its log.
        }
        try {
            ProcessControl.unshareMounts();
            ProcessControl.makeMountsSlave();
            detachOwn(registry, group);
        } catch (ErrnoException e) {
            // Not permitted here: it shares the mounts, as any program of this user does.
        }
        final File log = registry.groupDir(group).resolve("log").toFile();
        return new ProcessBuilder(command(registry, group))
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectError(log)
                .start();
    }

    /// A server that has its own device's file system mounted in its namespace keeps the device busy after the
    /// file system was unmounted elsewhere, and would wait for itself at its end.
    private static void detachOwn(Registry registry, String group) throws IOException {
        for (DeviceState device : StateFile.read(registry.groupDir(group))) {
            if (device.ublkId() >= 0) {
                MountedDevice.detachAll(Path.of("/dev/ublkb" + device.ublkId()));
            }
        }
    }

    private static List<String> command(Registry registry, String group) {
        final List<String> options = new ArrayList<>(List.of(
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:MaxMetaspaceSize=64m",
                "-XX:ReservedCodeCacheSize=32m",
                "-XX:ErrorFile=" + registry.groupDir(group).resolve("hs_err.log"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.showShortLogName=true"));
        // The last of two that contradict each other counts.
        final String more = System.getenv().getOrDefault(OPTIONS_VARIABLE, "").strip();
        if (!more.isEmpty()) {
            options.addAll(List.of(more.split("\\s+")));
        }
        return JavaCommand.of(
                options, DeviceServer.class, List.of(registry.root().toString(), group));
    }
}
