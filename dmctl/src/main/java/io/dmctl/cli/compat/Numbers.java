package io.dmctl.cli.compat;

import org.jspecify.annotations.Nullable;

/// Numbers as the C library reads them.
final class Numbers {
    private static final long MAX_U32 = 0xffff_ffffL;

    private Numbers() {}

    static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    static int skipDigits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /// The number that `text` begins with; 0 when with none.
    static int atoi(String text) {
        final int from = skipSpace(text, 0);
        final boolean sign = from < text.length() && (text.charAt(from) == '-' || text.charAt(from) == '+');
        final int digits = sign ? from + 1 : from;
        final int end = skipDigits(text, digits);
        if (end == digits) {
            return 0;
        }
        final java.math.BigInteger number = new java.math.BigInteger(text.substring(digits, end));
        // strtol() stops at the ends of a long, and its lower half is taken.
        final long whole = number.bitLength() > 63 ? Long.MAX_VALUE : number.longValue();
        return (int) (text.charAt(from) == '-' ? -whole : whole);
    }

    /// All of `text` in base 8; 0 when it is no such number.
    static int octal(String text) {
        try {
            return Integer.parseInt(text.strip(), 8);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// An unsigned number of 64 bits that fills all of `text`; null when it does not. Base 10.
    static @Nullable Long u64(String text) {
        final int from = skipSpace(text, 0);
        final boolean minus = text.startsWith("-", from);
        final int digits = minus || text.startsWith("+", from) ? from + 1 : from;
        if (digits == text.length() || skipDigits(text, digits) != text.length()) {
            return null;
        }
        try {
            final long number = Long.parseUnsignedLong(text.substring(digits));
            return minus ? -number : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /// `n` as an unsigned number.
    static double toDouble(long n) {
        return n >= 0 ? n : ((n >>> 1) | (n & 1)) * 2.0;
    }

    /// The unsigned number before the point; 0 for what has more than 64 bits, as on x86.
    static long toUnsigned(double value) {
        if (value < 0x1p63) {
            return (long) value;
        }
        return value < 0x1p64 ? (long) (value - 0x1p63) + Long.MIN_VALUE : 0;
    }

    /// `%.Nf` of the C library: the value of the double itself is rounded, half of a unit to the even digit.
    static String fixed(double value, int digits) {
        return new java.math.BigDecimal(value)
                .setScale(digits, java.math.RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    /// A udev cookie; 0 and a line on standard error when `text` is none.
    static int cookie(String text, Shell shell) {
        final int cookie = cookie(text);
        if (cookie == 0) {
            shell.error("Incorrect cookie value.");
        }
        return cookie;
    }

    /// A udev cookie, 0 when `text` is none.
    static int cookie(String text) {
        return (int) Math.max(u32(text), 0);
    }

    /// `strtoul` in base 0: decimal, 0x, or octal behind a 0.
    private static long u32(String text) {
        final String digits = text.strip();
        try {
            final long value = digits.startsWith("0x") || digits.startsWith("0X")
                    ? Long.parseUnsignedLong(digits.substring(2), 16)
                    : Long.parseUnsignedLong(digits, digits.startsWith("0") && digits.length() > 1 ? 8 : 10);
            return value < 0 || value > MAX_U32 ? -1 : value;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
