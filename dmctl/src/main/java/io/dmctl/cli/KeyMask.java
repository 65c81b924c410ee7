package io.dmctl.cli;

/// Keys in table parameters, blotted out by zeros of the same length as dmsetup does without `--showkeys`.
final class KeyMask {
    private static final String[] INTEGRITY = {"internal_hash:", "journal_crypt:", "journal_mac:"};

    private KeyMask() {}

    static String hide(String type, String params) {
        return switch (type) {
            case "crypt" -> hideWord(params);
            case "integrity" -> hideIntegrity(params);
            default -> params;
        };
    }

    /// The second word, unless it begins with `:` and so only names a key of the kernel's keyring.
    private static String hideWord(String params) {
        final int from = params.indexOf(' ') + 1;
        if (from == 0 || params.startsWith(":", from)) {
            return params;
        }
        final int space = params.indexOf(' ', from);
        final int to = space < 0 ? params.length() : space;
        return params.substring(0, from) + "0".repeat(to - from) + params.substring(to);
    }

    /// What stands behind the second colon of the options that have a key.
    private static String hideIntegrity(String params) {
        final String[] words = params.split(" ", -1);
        for (int i = 0; i < words.length; i++) {
            for (String option : INTEGRITY) {
                final int colon = words[i].startsWith(option) ? words[i].indexOf(':', option.length()) : -1;
                if (colon >= 0) {
                    words[i] = words[i].substring(0, colon + 1) + "0".repeat(words[i].length() - colon - 1);
                }
            }
        }
        return String.join(" ", words);
    }
}
