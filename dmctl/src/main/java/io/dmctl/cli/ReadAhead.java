package io.dmctl.cli;

import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// A block device's read-ahead, as sysfs has it.
public final class ReadAhead {
    private static final int SECTORS_PER_KB = 2;

    private ReadAhead() {}

    /// In sectors of 512 bytes; empty where sysfs does not know the device.
    public static OptionalLong sectors(Devno devno) {
        try {
            final Path file = Path.of("/sys/dev/block/" + devno + "/bdi/read_ahead_kb");
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()) * SECTORS_PER_KB);
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
