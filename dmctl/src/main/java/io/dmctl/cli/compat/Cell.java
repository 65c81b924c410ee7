package io.dmctl.cli.compat;

import java.nio.charset.StandardCharsets;

/// One value of a report.
///
/// @param text as it is shown
/// @param number what a number is compared by, unsigned; of a size the bits of its double, which sort alike
/// @param key what a string is compared by
record Cell(String text, long number, String key) {
    Cell(String text, long number) {
        this(text, number, text);
    }

    static Cell text(String text) {
        return new Cell(text, 0);
    }

    static Cell number(long number) {
        return new Cell(Long.toString(number), number);
    }

    static Cell unsigned(long number) {
        return new Cell(Long.toUnsignedString(number), number);
    }

    /// A fraction with two digits.
    static Cell decimal(double number) {
        return size(Numbers.fixed(number, 2), number);
    }

    /// A number in a field of strings: libdm compares its bytes, those before the first 0, as if they were one.
    static Cell numberAsText(int number) {
        final StringBuilder key = new StringBuilder();
        for (int left = number; (left & 0xff) != 0; left >>>= Byte.SIZE) {
            key.append((char) (left & 0xff));
        }
        return new Cell(Integer.toString(number), number, key.toString());
    }

    static Cell size(String text, double sectors) {
        return new Cell(text, Double.doubleToRawLongBits(sectors));
    }

    double size() {
        return Double.longBitsToDouble(number);
    }

    /// How wide it is: columns are counted in bytes.
    int width() {
        return bytes(text);
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
