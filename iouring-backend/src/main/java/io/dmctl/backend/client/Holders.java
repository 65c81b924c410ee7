package io.dmctl.backend.client;

import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who holds a block device: mounts of every mount namespace, swap, devices that stand on it, loop devices,
/// open descriptors. What this process may not look at is left out.
public final class Holders {
    /// One that holds it.
    ///
    /// @param what as `mounted on /mnt`
    /// @param remedy the command that would end it; empty when there is none
    public record Holder(String what, String remedy) {}

    private static final String NUMBERS = "[0-9]*";

    private final Devno devno;
    private final List<Holder> found = new ArrayList<>();

    private Holders(Devno devno) {
        this.devno = devno;
    }

    /// All that are found, the surest first.
    public static List<Holder> of(Devno devno) {
        final Holders holders = new Holders(devno);
        holders.mounts();
        holders.swap();
        holders.above();
        holders.loops();
        holders.descriptors();
        return List.copyOf(holders.found);
    }

    private void add(String what, String remedy) {
        found.add(new Holder(what, remedy));
    }

    private void mounts() {
        final Set<String> namespaces = new HashSet<>();
        mounts(Path.of("/proc/self"), namespaces);
        for (Path process : list(Path.of("/proc"), NUMBERS)) {
            mounts(process, namespaces);
        }
    }

    private void mounts(Path process, Set<String> namespaces) {
        try {
            if (!namespaces.add(
                    Files.readSymbolicLink(process.resolve("ns/mnt")).toString())) {
                return;
            }
            final String node = Path.of("/sys/dev/block/" + devno)
                    .toRealPath()
                    .getFileName()
                    .toString();
            final boolean ours = namespaces.size() == 1;
            for (Path point : MountedDevice.parse(
                    Files.readAllLines(process.resolve("mountinfo")), "/dev/" + node, devno.toString())) {
                if (ours) {
                    add("mounted on " + point, "umount " + point);
                } else {
                    final String pid = process.getFileName().toString();
                    add("mounted on " + point + " for process " + pid, "nsenter -m -t " + pid + " umount " + point);
                }
            }
        } catch (IOException e) {
            return; // the process has ended, or is not ours to look at
        }
    }

    private void swap() {
        for (String line : lines(Path.of("/proc/swaps"))) {
            final String path = MountedDevice.unescape(line.split("\\s+", 2)[0]);
            if (path.startsWith("/") && isIt(Path.of(path))) {
                add("swap", "swapoff " + path);
            }
        }
    }

    private void above() {
        for (Path holder : list(Path.of("/sys/dev/block/" + devno, "holders"), "*")) {
            final String node = holder.getFileName().toString();
            final List<String> name = lines(holder.resolve("dm/name"));
            if (name.isEmpty()) {
                add("used by /dev/" + node, "");
            } else {
                add("used by device " + name.getFirst(), "dmctl remove " + name.getFirst());
            }
        }
    }

    private void loops() {
        for (Path loop : list(Path.of("/sys/block"), "loop*")) {
            final List<String> file = lines(loop.resolve("loop/backing_file"));
            if (!file.isEmpty() && isIt(Path.of(file.getFirst()))) {
                add("used by /dev/" + loop.getFileName(), "losetup -d /dev/" + loop.getFileName());
            }
        }
    }

    private void descriptors() {
        for (Path process : list(Path.of("/proc"), NUMBERS)) {
            if (holdsDescriptor(process)) {
                final String pid = process.getFileName().toString();
                final List<String> name = lines(process.resolve("comm"));
                add("open in " + (name.isEmpty() ? "process" : name.getFirst()) + " (pid " + pid + ")", "kill " + pid);
            }
        }
    }

    private boolean holdsDescriptor(Path process) {
        return list(process.resolve("fd"), NUMBERS).stream().anyMatch(this::isOpenOn);
    }

    private boolean isOpenOn(Path fd) {
        try {
            // Only of what may be a device node the number is asked for: that may wait for a dead file server.
            return Files.readSymbolicLink(fd).startsWith("/dev") && isIt(fd);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private boolean isIt(Path node) {
        return BlockNumbers.ofNode(node).equals(Optional.of(devno));
    }

    /// What of a folder matches; nothing when it is not there, or not ours to look at.
    static List<Path> list(Path folder, String glob) {
        final List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
            entries.forEach(all::add);
        } catch (IOException e) {
            return all; // not there, or not ours to look at
        }
        return all;
    }

    /// As [#list], of a file.
    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // not there, or not ours to look at
        }
    }
}
