package io.dmctl.backend.transport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// How many descriptors and mounts have a block device open. The kernel exports no such count for a device that is not
/// dm's: it is
/// derived from /proc, and misses processes that may not be looked at.
final class OpenCount {
    private OpenCount() {}

    static int of(String path) {
        return mounts(path) + descriptors(Path.of(path)) + holders(path);
    }

    private static int mounts(String path) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            return (int) lines.filter(l -> l.startsWith(path + " ")).count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static int holders(String path) {
        final Path holders = Path.of("/sys/block", path.substring(path.lastIndexOf('/') + 1), "holders");
        int n = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(holders)) {
            for (Path ignored : all) {
                n++;
            }
        } catch (IOException e) {
            return 0;
        }
        return n;
    }

    private static int descriptors(Path device) {
        int n = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                n += descriptors(process.resolve("fd"), device);
            }
        } catch (IOException e) {
            return n;
        }
        return n;
    }

    private static int descriptors(Path folder, Path device) {
        int n = 0;
        try (DirectoryStream<Path> fds = Files.newDirectoryStream(folder)) {
            for (Path fd : fds) {
                if (leadsTo(fd, device)) {
                    n++;
                }
            }
        } catch (IOException e) {
            return n; // the process ended, or is not ours to look at
        }
        return n;
    }

    private static boolean leadsTo(Path fd, Path device) {
        try {
            return Files.readSymbolicLink(fd).equals(device);
        } catch (IOException e) {
            return false;
        }
    }
}
