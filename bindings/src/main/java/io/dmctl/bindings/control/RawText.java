package io.dmctl.bindings.control;

import java.nio.charset.StandardCharsets;

/// Kernel strings are bytes. A raw string holds one byte a character, so that nothing is lost and comparing is
/// `strcmp`; its display form is the bytes read as UTF-8.
public final class RawText {
    private RawText() {}

    public static String ofUtf8(String text) {
        return isAscii(text) ? text : ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String ofBytes(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String raw) {
        return raw.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static String display(String raw) {
        return isAscii(raw) ? raw : new String(bytes(raw), StandardCharsets.UTF_8);
    }

    private static boolean isAscii(String s) {
        for (int i = 0; i < s.length(); i++) {
            if (s.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }
}
