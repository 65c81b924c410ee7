package io.dmctl.cli.compat;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `--units`: how sizes are shown.
///
/// @param type the letter; `U` for a multiple of a unit
/// @param bytes of the unit, unsigned
record SizeUnits(char type, long bytes) {
    /// Sectors of 512 bytes.
    static final SizeUnits SECTORS = new SizeUnits('s', Units.SECTOR_BYTES);

    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?");
    private static final Pattern SIZE = Pattern.compile("\\s*([+-]?[0-9]+)(.*)", Pattern.DOTALL);
    private static final String BINARY = "eptgmkb";
    private static final String DECIMAL = "EPTGMKB";

    /// `h`, `k`, `3M`; null when it is none.
    static @Nullable SizeUnits parse(String text) {
        final Matcher number = NUMBER.matcher(text);
        final boolean multiple = number.lookingAt();
        final String digits = multiple ? number.group() : "1";
        final int at = multiple ? number.end() : 0;
        final long unit = Units.factor(text, at);
        if (unit == 0) {
            return null;
        }
        final char letter = text.charAt(at);
        if (isHuman(letter)) {
            return new SizeUnits(letter, 1);
        }
        final double exact = Double.parseDouble(digits);
        final BigInteger whole = new BigInteger(digits.split("[.eE]", 2)[0]);
        final long bytes = whole.doubleValue() == exact ? whole.longValue() * unit : Numbers.toUnsigned(exact * unit);
        return bytes == 0 ? null : new SizeUnits(whole.equals(BigInteger.ONE) ? letter : 'U', bytes);
    }

    /// The bytes of a size on the command line; a number without a unit is in sectors, with a wrong one in bytes.
    /// Null when it begins with no number, or with too great a one.
    static @Nullable Long bytesOf(String text) {
        final Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return null;
        }
        final BigInteger number = new BigInteger(size.group(1));
        if (number.abs().bitLength() > Long.SIZE) {
            return null;
        }
        final String rest = size.group(2);
        if (rest.isEmpty()) {
            return number.longValue() * Units.SECTOR_BYTES;
        }
        final SizeUnits units = parse(rest);
        return number.longValue() * (units == null ? 1 : units.bytes());
    }

    private static boolean isHuman(char letter) {
        return "hHrR".indexOf(letter) >= 0;
    }

    /// A size as it is shown; only sizes for people have their unit behind them.
    String text(long sectors) {
        if (sectors == 0) {
            return "0";
        }
        final long size = sectors * Units.SECTOR_BYTES;
        return isHuman(type) ? forPeople(size) : ratio(size, bytes, "bBsS".indexOf(type) >= 0);
    }

    private String forPeople(long size) {
        final boolean decimal = Character.isUpperCase(type);
        final long step = decimal ? 1000 : 1024;
        long unit = step * step * step * step * step * step;
        int i = 0;
        while (unit > 1 && Long.compareUnsigned(size, unit) < 0) {
            unit /= step;
            i++;
        }
        final boolean whole = unit == 1;
        return (isCut(size, unit) ? "<" : "") + ratio(size, unit, whole) + (decimal ? DECIMAL : BINARY).charAt(i);
    }

    private boolean isCut(long size, long unit) {
        final double hundredths = 100.0 * Numbers.toDouble(size) / unit;
        return Character.toLowerCase(type) == 'r'
                && Math.abs(Math.floor(hundredths) - Math.rint(hundredths)) >= Math.ulp(1.0);
    }

    private static String ratio(long size, long unit, boolean whole) {
        return Numbers.fixed(Numbers.toDouble(size) / Numbers.toDouble(unit), whole ? 0 : 2);
    }

    Cell cell(long sectors) {
        return Cell.size(text(sectors), Numbers.toDouble(sectors));
    }
}
