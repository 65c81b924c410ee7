package io.dmctl.cli.compat;

/// Units of sizes: a small letter counts by 1024, a capital one by 1000; `s` is a sector of 512 bytes.
final class Units {
    private static final String LETTERS = "kmgtpe";
    static final int SECTOR_BYTES = 512;

    private Units() {}

    /// The bytes of the unit at `at`; 0 when there is none.
    static long factor(String text, int at) {
        if (at >= text.length()) {
            return 0;
        }
        final char unit = text.charAt(at);
        if ("hHbBrR".indexOf(unit) >= 0) {
            return 1;
        }
        if (unit == 's' || unit == 'S') {
            return SECTOR_BYTES;
        }
        final int power = LETTERS.indexOf(Character.toLowerCase(unit)) + 1;
        long factor = power == 0 ? 0 : 1;
        for (int i = 0; i < power; i++) {
            factor *= Character.isUpperCase(unit) ? 1000 : 1024;
        }
        return factor;
    }

    /// Sectors of a size; without a unit it is in MiB.
    static double sectors(String digits, long factor) {
        final double number = digits.equals(".") ? 0 : Double.parseDouble(digits);
        return number * (factor == 0 ? 1 << 20 : factor) / SECTOR_BYTES;
    }
}
