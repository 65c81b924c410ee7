package io.dmctl.targets.verity.tree;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Digests and salts as text.
public final class Hex {
    private Hex() {}

    /// The bytes, or null when `text` is not hexadecimal digits of either case, two a byte.
    public static byte @Nullable [] parse(String text) {
        if (text.length() % 2 != 0 || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return null;
        }
        return HexFormat.of().parseHex(text);
    }

    /// In lower case.
    public static String format(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
