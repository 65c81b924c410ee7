package io.dmctl.backend.client;

import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.ProcessControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where a block device is mounted, as the calling thread's mount namespace sees it.
public final class MountedDevice {
    private static final int NUMBER = 2;
    private static final int MOUNT_POINT = 4;
    private static final int OCTAL_DIGITS = 3;

    private MountedDevice() {}

    /// A mount point of each file system on the block device `node`; one is enough to freeze it.
    public static List<Path> mountPoints(Path node) throws IOException {
        final Path number = Path.of("/sys/class/block", node.getFileName() + "", "dev");
        final String devno = Files.exists(number) ? Files.readString(number).strip() : "";
        return parse(Files.readAllLines(Path.of("/proc/thread-self/mountinfo")), node.toString(), devno);
    }

    /// Takes every mount of the block device `node` out of the calling thread's mount namespace, which must be its
    /// own.
    ///
    /// @throws ErrnoException EPERM without CAP_SYS_ADMIN
    static void detachAll(Path node) throws IOException {
        for (List<Path> points = mountPoints(node); !points.isEmpty(); points = mountPoints(node)) {
            for (Path point : points) {
                ProcessControl.detachMount(point.toString());
            }
        }
    }

    /// `devno` is the device's `major:minor`, `node` its path: a file system with anonymous numbers has only
    /// that.
    static List<Path> parse(List<String> mountinfo, String node, String devno) {
        final List<Path> points = new ArrayList<>();
        final Set<String> seen = new HashSet<>();
        for (String line : mountinfo) {
            final String[] words = line.split(" ", -1);
            final boolean bySource = sourceWord(words).equals(node);
            if ((bySource || words[NUMBER].equals(devno)) && seen.add(words[NUMBER])) {
                points.add(Path.of(unescape(words[MOUNT_POINT])));
            }
        }
        return points;
    }

    /// The block device below the file systems with this number: for one with an anonymous number, as btrfs has.
    static Optional<Devno> source(Devno number) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/thread-self/mountinfo"))) {
            final String[] words = line.split(" ", -1);
            if (words[NUMBER].equals(number.toString())) {
                return BlockNumbers.ofNode(Path.of(sourceWord(words)));
            }
        }
        return Optional.empty();
    }

    private static String sourceWord(String[] words) {
        final int dash = List.of(words).indexOf("-");
        return dash >= 0 && dash + 2 < words.length ? unescape(words[dash + 2]) : "";
    }

    /// The kernel writes blank, tab, newline and backslash as `\ooo`.
    static String unescape(String text) {
        final StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + OCTAL_DIGITS <= text.length() - 1) {
                out.append((char) Integer.parseInt(text, i + 1, i + 1 + OCTAL_DIGITS, 8));
                i += OCTAL_DIGITS;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }
}
