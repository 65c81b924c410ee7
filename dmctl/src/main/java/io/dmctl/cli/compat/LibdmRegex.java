package io.dmctl.cli.compat;

import java.util.regex.Pattern;

/// A regular expression of libdm, found anywhere in a text. It has `* + ? | ( ) [ ] ^ $ .` and `\` before a character;
/// all else stands for itself.
final class LibdmRegex {
    private static final String SPECIAL = "*+?|()^$.";

    private final Pattern pattern;

    /// @throws java.util.regex.PatternSyntaxException when it is none
    LibdmRegex(String text) {
        final StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            final char c = text.charAt(at);
            if (c == '[') {
                at = set(text, at, out);
            } else if (c == '\\' && at + 1 < text.length()) {
                out.append(escaped(text.charAt(at + 1)));
                at += 2;
            } else {
                out.append(SPECIAL.indexOf(c) >= 0 ? String.valueOf(c) : Pattern.quote(String.valueOf(c)));
                at++;
            }
        }
        pattern = Pattern.compile(out.toString());
    }

    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\\n";
            case 'r' -> "\\r";
            case 't' -> "\\t";
            default -> Pattern.quote(String.valueOf(c));
        };
    }

    /// Copies a set of characters; answers where it ends.
    private static int set(String text, int from, StringBuilder out) {
        int at = from + 1;
        out.append('[');
        if (text.startsWith("^", at)) {
            out.append('^');
            at++;
        }
        while (at < text.length() && text.charAt(at) != ']') {
            final char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                at++;
                out.append('\\').append(text.charAt(at));
            } else if (c == '[' || c == '&') {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
            at++;
        }
        out.append(']');
        return at + 1;
    }

    boolean matches(String text) {
        return pattern.matcher(text).find();
    }
}
