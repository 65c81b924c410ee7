package io.dmctl.bindings.control;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// Numbers that the running kernel gave a name: lines of `252 device-mapper` in /proc/devices and /proc/misc.
final class ProcNumbers {
    private ProcNumbers() {}

    static OptionalInt find(String file, String name) {
        try (FileInputStream in = new FileInputStream(file)) {
            final String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            final int at = text.indexOf(" " + name + "\n");
            return at < 0
                    ? OptionalInt.empty()
                    : OptionalInt.of(Integer.parseInt(
                            text.substring(text.lastIndexOf('\n', at) + 1, at).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
