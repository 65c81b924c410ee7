package io.dmctl.targets.crypt;

import java.util.OptionalLong;

/// Numbers as the kernel's `sscanf` reads them: decimal digits only; beyond 64 bits they are 2^64 - 1.
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
            final boolean fits = Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) <= 0;
            value = fits ? value * 10 + digit : -1L;
        }
        return word.isEmpty() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
