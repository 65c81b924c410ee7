package io.dmctl.bindings.control;

/// How names are written where udev and file names allow only some characters: every other byte as `\xNN` in
/// lower-case hex, as libdm's mode "auto" does it. Works on raw strings (one byte a character).
public final class Mangling {
    private static final String OTHERS = "#+-.:=@_";
    private static final String HEX = "0123456789abcdef";
    private static final int ESCAPE_LENGTH = 4;

    private Mangling() {}

    /// Whether a name may have `c` as it is.
    public static boolean isWhitelisted(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || OTHERS.indexOf(c) >= 0;
    }

    static boolean isEscape(String raw, int at) {
        return raw.length() - at >= ESCAPE_LENGTH
                && raw.charAt(at) == '\\'
                && raw.charAt(at + 1) == 'x'
                && Character.digit(raw.charAt(at + 2), 16) >= 0
                && Character.digit(raw.charAt(at + 3), 16) >= 0;
    }

    /// Mangles what a user typed; a name that is mangled already stays.
    ///
    /// @throws IllegalArgumentException when `raw` mixes escapes with bytes that need one, or is mangled twice
    static String auto(String raw) {
        boolean escaped = false;
        boolean needed = false;
        int i = 0;
        while (i < raw.length()) {
            if (isEscape(raw, i)) {
                if (raw.startsWith("\\x5cx", i)) {
                    throw new IllegalArgumentException("mangled more than once: " + RawText.display(raw));
                }
                escaped = true;
                i += ESCAPE_LENGTH;
            } else {
                needed |= !isWhitelisted(raw.charAt(i));
                i++;
            }
        }
        if (escaped && needed) {
            throw new IllegalArgumentException(
                    "mixes mangled and unmangled characters, or is mangled improperly: " + RawText.display(raw));
        }
        return needed ? keepingEscapes(raw) : raw;
    }

    /// Mangles every byte that is neither whitelisted nor part of an escape: never fails.
    static String keepingEscapes(String raw) {
        final StringBuilder out = new StringBuilder(raw.length() + ESCAPE_LENGTH);
        int i = 0;
        while (i < raw.length()) {
            final char c = raw.charAt(i);
            if (isEscape(raw, i)) {
                out.append(raw, i, i + ESCAPE_LENGTH);
                i += ESCAPE_LENGTH;
                continue;
            }
            if (isWhitelisted(c)) {
                out.append(c);
            } else {
                out.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            }
            i++;
        }
        return out.toString();
    }

    /// With `\xNN` resolved.
    public static String unmangle(String raw) {
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        final StringBuilder out = new StringBuilder(raw.length());
        int i = 0;
        while (i < raw.length()) {
            if (isEscape(raw, i)) {
                out.append(
                        (char) (Character.digit(raw.charAt(i + 2), 16) << 4 | Character.digit(raw.charAt(i + 3), 16)));
                i += ESCAPE_LENGTH;
            } else {
                out.append(raw.charAt(i++));
            }
        }
        return out.toString();
    }
}
