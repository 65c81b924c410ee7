package io.dmctl.cli.compat;

import java.util.ArrayList;
import java.util.List;

/// `--bounds`: the upper bounds of a histogram's bins, as dmstats reads them.
final class Bounds {
    private static final long NS_PER_MS = 1_000_000;
    private static final String VALID = "0123456789,muns";

    private final String text;
    private final Shell shell;
    private final List<Long> boundsNs = new ArrayList<>();
    private long unitNs = 1;
    private int at;

    private Bounds(String text, Shell shell) {
        this.text = text;
        this.shell = shell;
    }

    /// `1ms,5ms`; a number without a unit has that of the one before it, the first nanoseconds.
    static List<Long> parse(String text, Shell shell) throws Failed {
        return new Bounds(text, shell).parse();
    }

    private List<Long> parse() throws Failed {
        do {
            if (VALID.indexOf(at()) < 0) {
                throw bad();
            }
            if (at() == ',') {
                throw shell.failed("Empty histogram bin not allowed: " + text);
            }
            final int end = Numbers.skipDigits(text, at);
            final String digits = text.substring(at, end);
            at = end;
            unit();
            boundsNs.add((digits.isEmpty() ? 0 : number(digits)) * unitNs);
        } while (at < text.length());
        // One too many commas makes bins of 0, which do not rise.
        final long places = text.chars().filter(c -> c == ',').count() + 1;
        while (boundsNs.size() < places) {
            boundsNs.add(0L);
        }
        return boundsNs;
    }

    private char at() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private static long number(String digits) {
        final java.math.BigInteger n = new java.math.BigInteger(digits);
        return n.bitLength() > Long.SIZE ? -1 : n.longValue();
    }

    private void unit() throws Failed {
        if (at() == 's') {
            unitNs = 1000 * NS_PER_MS;
            at++;
        } else if (at + 1 < text.length() && text.charAt(at + 1) == 's') {
            unitNs = switch (at()) {
                case 'm' -> NS_PER_MS;
                case 'u' -> 1000;
                case 'n' -> 1;
                default -> throw bad();
            };
            at += 2;
        } else if (at() == ',') {
            at++;
        } else if (at < text.length()) {
            throw bad();
        }
        if (at() == ',') {
            at++;
        }
    }

    private Failed bad() {
        return shell.failed(
                "Invalid character in histogram: " + (at < text.length() ? text.substring(at, at + 1) : ""));
    }

    /// Whether bounds need times in nanoseconds.
    ///
    /// @throws Failed when they do not rise, or are 0
    static boolean arePrecise(List<Long> boundsNs, Shell shell) throws Failed {
        boolean precise = false;
        for (int i = boundsNs.size() - 1; i >= 0; i--) {
            if (i > 0 && Long.compareUnsigned(boundsNs.get(i), boundsNs.get(i - 1)) < 0) {
                throw shell.failed("Histogram boundaries must be in order of increasing magnitude.");
            }
            precise |= Long.remainderUnsigned(boundsNs.get(i), NS_PER_MS) != 0;
        }
        if (boundsNs.contains(0L)) {
            throw shell.failed("Could not allocate memory for histogram argument.");
        }
        return precise;
    }
}
