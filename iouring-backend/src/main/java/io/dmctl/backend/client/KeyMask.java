package io.dmctl.backend.client;

import java.util.function.UnaryOperator;

/// The keys that stand in table parameters: what would be printed or kept of them.
public final class KeyMask {
    private static final String[] INTEGRITY = {"internal_hash:", "journal_crypt:", "journal_mac:"};

    private KeyMask() {}

    /// Blotted out by zeros of the same length, as dmsetup does without `--showkeys`.
    public static String hide(String type, String params) {
        return replace(type, params, key -> "0".repeat(key.length()));
    }

    /// Each key of `params` replaced. A word that only names a key of the kernel's keyring is none.
    public static String replace(String type, String params, UnaryOperator<String> by) {
        return switch (type) {
            case "crypt", "inlinecrypt" -> replaceWord(params, by);
            case "integrity" -> replaceOptions(params, by);
            default -> params;
        };
    }

    /// The second word, unless it begins with `:` and so only names a key.
    private static String replaceWord(String params, UnaryOperator<String> by) {
        final int from = params.indexOf(' ') + 1;
        if (from == 0 || params.startsWith(":", from)) {
            return params;
        }
        final int space = params.indexOf(' ', from);
        final int to = space < 0 ? params.length() : space;
        return params.substring(0, from) + by.apply(params.substring(from, to)) + params.substring(to);
    }

    /// What stands behind the second colon of the options that have a key.
    private static String replaceOptions(String params, UnaryOperator<String> by) {
        final String[] words = params.split(" ", -1);
        for (int i = 0; i < words.length; i++) {
            for (String option : INTEGRITY) {
                final int colon = words[i].startsWith(option) ? words[i].indexOf(':', option.length()) : -1;
                if (colon >= 0) {
                    words[i] = words[i].substring(0, colon + 1) + by.apply(words[i].substring(colon + 1));
                }
            }
        }
        return String.join(" ", words);
    }
}
