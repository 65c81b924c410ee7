package io.dmctl.targets.crypt;

import java.util.OptionalLong;

/// Numbers as the kernel's `sscanf` reads them: decimal digits only, modulo 2^64.
final class Numbers {
    private Numbers() {}

    /// The whole of `word`, as with `"%llu%c"`; empty when it is anything else.
    static OptionalLong unsigned(String word) {
        long value = 0;
        for (int i = 0; i < word.length(); i++) {
            final int digit = word.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return OptionalLong.empty();
            }
            value = value * 10 + digit;
        }
        return word.isEmpty() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
