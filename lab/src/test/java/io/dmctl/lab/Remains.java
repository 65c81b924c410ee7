package io.dmctl.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What there is of the Java engine on this guest: its nodes, links, records, groups and processes. After the last
/// device is gone there must be nothing.
public final class Remains {
    private static final Duration BOUND = Duration.ofSeconds(40);

    private Remains() {}

    public static List<String> all() throws IOException {
        final List<String> all = new ArrayList<>();
        list(all, "/dev", "ublk[bc]*");
        list(all, "/dev/mapper", "*");
        all.remove("/dev/mapper/control");
        list(all, "/run/dmctl/names", "*");
        list(all, "/run/dmctl/uuids", "*");
        list(all, "/run/dmctl/groups", "*");
        for (ProcessHandle server : servers()) {
            all.add("server " + server.pid());
        }
        return all;
    }

    private static void list(List<String> to, String folder, String glob) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(folder), glob)) {
            files.forEach(f -> to.add(f.toString()));
        } catch (NoSuchFileException e) {
            return; // not made yet
        }
    }

    /// A server ends a moment after its last device.
    public static void requireNone() throws Exception {
        for (ProcessHandle server : servers()) {
            server.onExit().get(BOUND.toSeconds(), TimeUnit.SECONDS);
        }
        final List<String> all = all();
        if (!all.isEmpty()) {
            throw new AssertionError("left behind: " + all);
        }
    }

    /// The device servers that run.
    public static List<ProcessHandle> servers() {
        return ProcessHandle.allProcesses()
                .filter(p -> commandLine(p).contains("io.dmctl.backend.server.DeviceServer\0/run/dmctl"))
                .toList();
    }

    /// The one device server that runs.
    public static ProcessHandle server() {
        final List<ProcessHandle> servers = servers();
        if (servers.size() != 1) {
            throw new AssertionError("one server expected: " + servers);
        }
        return servers.getFirst();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /// I/O that the block layer has counted on a disk, as `ublkb0`: requests done.
    public static long requestsDone(String disk) throws IOException {
        final String[] fields = Files.readString(Path.of("/sys/block/" + disk + "/stat"))
                .strip()
                .split("\\s+", -1);
        return Long.parseLong(fields[0]) + Long.parseLong(fields[4]);
    }

    /// Requests of a disk that have begun and not ended.
    public static int inFlight(String disk) throws IOException {
        final String[] fields = Files.readString(Path.of("/sys/block/" + disk + "/inflight"))
                .strip()
                .split("\\s+", -1);
        return Integer.parseInt(fields[0]) + Integer.parseInt(fields[1]);
    }

    /// The disk that a name in /dev/mapper leads to, as `ublkb0`.
    public static String disk(String name) throws IOException {
        return Path.of("/dev/mapper", name).toRealPath().getFileName().toString();
    }
}
