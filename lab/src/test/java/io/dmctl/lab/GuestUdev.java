package io.dmctl.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A udev of the guest's own, with dmsetup's rules.
final class GuestUdev {
    private static final Path RULES = Path.of("/run/udev/rules.d");

    private GuestUdev() {}

    /// Starts it, with one more file of rules.
    static void start(String file, String rules) throws IOException {
        Files.createDirectories(RULES);
        Files.writeString(RULES.resolve(file), rules);
        Guest.sh("bash -c 'exec -a systemd-udevd ${XDG_CACHE_HOME:-$HOME/.cache}/dmctl/udev/bin/udevadm --daemon'")
                .ok();
    }
}
