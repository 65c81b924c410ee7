package io.dmctl.bindings.control;

import java.util.function.UnaryOperator;

/// The keys that stand in table parameters and messages: what would be printed or kept of them. Words are
/// divided as the kernel divides them.
///
/// @kernel drivers/md/dm-table.c `dm_split_args`
public final class KeyMask {
    private static final String[] INTEGRITY = {"internal_hash:", "journal_crypt:", "journal_mac:"};

    private KeyMask() {}

    /// Blotted out by zeros of the same length, as dmsetup does without `--showkeys`.
    public static String hide(String type, String params) {
        return replace(type, params, KeyMask::zeros);
    }

    /// Each key of `params` replaced. A word that only names a key of the kernel's keyring is none.
    public static String replace(String type, String params, UnaryOperator<String> by) {
        return switch (type) {
            case "crypt", "inlinecrypt" -> replaceWord(params, by);
            case "integrity" -> replaceOptions(params, by);
            default -> params;
        };
    }

    /// A target's message with zeros for the key of crypt's `key set KEY`, and for all words behind it.
    public static String hideMessage(String message) {
        final int first = wordStart(message, 0);
        final int second = wordStart(message, wordEnd(message, first));
        final int end = wordEnd(message, second);
        if (!isWord("key", message.substring(first, wordEnd(message, first)))
                || !isWord("set", message.substring(second, end))
                || message.startsWith(":", wordStart(message, end))) {
            return message;
        }
        final StringBuilder hidden = new StringBuilder(message);
        for (int i = end; i < hidden.length(); i++) {
            if (!isBlank(hidden.charAt(i))) {
                hidden.setCharAt(i, '0');
            }
        }
        return hidden.toString();
    }

    private static boolean isWord(String wanted, String word) {
        return wanted.equalsIgnoreCase(word.replace("\\", ""));
    }

    private static String zeros(String key) {
        return "0".repeat(key.length());
    }

    /// The second word, unless it begins with `:` and so only names a key.
    private static String replaceWord(String params, UnaryOperator<String> by) {
        final int from = wordStart(params, wordEnd(params, wordStart(params, 0)));
        final int to = wordEnd(params, from);
        if (from == to || params.charAt(from) == ':') {
            return params;
        }
        return params.substring(0, from) + by.apply(params.substring(from, to)) + params.substring(to);
    }

    /// What stands behind the second colon of the options that have a key.
    private static String replaceOptions(String params, UnaryOperator<String> by) {
        final StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < params.length()) {
            final int from = wordStart(params, at);
            final int to = wordEnd(params, from);
            out.append(params, at, from).append(option(params.substring(from, to), by));
            at = to;
        }
        return out.toString();
    }

    private static String option(String word, UnaryOperator<String> by) {
        for (String option : INTEGRITY) {
            final int colon = word.startsWith(option) ? word.indexOf(':', option.length()) : -1;
            if (colon >= 0) {
                return word.substring(0, colon + 1) + by.apply(word.substring(colon + 1));
            }
        }
        return word;
    }

    private static int wordStart(String text, int from) {
        int at = from;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int wordEnd(String text, int from) {
        int at = from;
        while (at < text.length() && !isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /// C: `isspace()` of lib/ctype.c, which takes 0xa0 for a blank, too.
    private static boolean isBlank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r') || c == '\u00a0';
    }
}
