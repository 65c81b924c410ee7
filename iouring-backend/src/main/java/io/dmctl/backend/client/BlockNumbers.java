package io.dmctl.backend.client;

import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The numbers of block devices by their paths.
public final class BlockNumbers {
    private static final Devno NONE = new Devno(0, 0);

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
}
