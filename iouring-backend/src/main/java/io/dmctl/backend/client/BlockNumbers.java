package io.dmctl.backend.client;

import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// The numbers of block devices by their paths.
public final class BlockNumbers {
    private static final Devno NONE = new Devno(0, 0);
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}:\\d{1,7}");
    private static final int TYPE_MASK = 0xf000;
    private static final int BLOCK_DEVICE = 0x6000;

    private BlockNumbers() {}

    /// The number of the block device at `address`, as sysfs tells; 0:0 for what is none.
    public static Devno of(Optional<String> address) {
        final String path = address.orElse("");
        if (!path.startsWith("/dev/")) {
            return NONE;
        }
        try {
            return Devno.parse(Files.readString(Path.of("/sys/class/block", path.substring("/dev/".length()), "dev"))
                    .strip());
        } catch (IOException e) {
            return NONE;
        }
    }

    /// The number of the block device that `path` leads to; empty for what is none, and for what cannot be
    /// looked at.
    public static Optional<Devno> ofNode(Path path) {
        try {
            final int mode = (Integer) Files.getAttribute(path, "unix:mode");
            return (mode & TYPE_MASK) == BLOCK_DEVICE
                    ? Optional.of(Devno.ofStRdev(((Number) Files.getAttribute(path, "unix:rdev")).longValue()))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The number of the block device that a word of a table names, by its path or as `M:m`; empty for any
    /// other word.
    public static Optional<Devno> ofWord(String word) {
        try {
            if (word.startsWith("/")) {
                return ofNode(Path.of(word));
            }
            return NUMBER.matcher(word).matches() ? Optional.of(Devno.parse(word)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no path can be so, or two numbers that are no device's
        }
    }
}
