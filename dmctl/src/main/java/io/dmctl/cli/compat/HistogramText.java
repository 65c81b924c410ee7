package io.dmctl.cli.compat;

import java.util.List;

/// A latency histogram in one cell of a report: counts or shares of its bins, with their bounds or without.
///
/// @param boundsNs the upper bounds of the bins but for the last, which has none
/// @param counts of the bins; fewer where the rest is 0
/// @param aligned values are padded to columns
/// @param suffixes bounds have units of time
record HistogramText(List<Long> boundsNs, List<Long> counts, boolean aligned, boolean suffixes) {
    private static final int VALUE_WIDTH = 6;
    private static final int BOUND_WIDTH = 6;
    private static final int PLAIN_BOUND_WIDTH = 10;
    private static final long[] UNITS_NS = {1_000_000_000, 1_000_000, 1000, 1};
    private static final String[] UNITS = {"s", "ms", "us", "ns"};

    /// What is told of a bin beside its bounds.
    enum Value {
        NONE,
        COUNT,
        PERCENT
    }

    /// How the bounds of a bin are told.
    enum Bounds {
        NONE,
        LOWER,
        RANGE
    }

    String text(Value value, Bounds bounds) {
        final StringBuilder text = new StringBuilder();
        final int minWidth = aligned && value != Value.NONE ? VALUE_WIDTH : 0;
        for (int bin = 0; bin <= boundsNs.size(); bin++) {
            int width = minWidth;
            if (bounds != Bounds.NONE) {
                final int boundWidth = width == 0 ? 0 : suffixes ? BOUND_WIDTH : PLAIN_BOUND_WIDTH;
                final String bound = bound(bin, bounds, boundWidth) + (value == Value.NONE ? "" : ":");
                text.append(bound);
                // A bound that is wider than its column takes from the value's.
                width = width == 0 ? 0 : Math.max(0, width - (bound.length() - (boundWidth + 1)));
            }
            text.append(padded(value(value, bin), width)).append(value == Value.PERCENT ? "%" : "");
            if (bin < boundsNs.size()) {
                text.append(separator(value, bounds, width));
            }
        }
        return text.toString();
    }

    private String separator(Value value, Bounds bounds, int width) {
        if (bounds != Bounds.NONE) {
            return aligned || value == Value.NONE ? "," : ":";
        }
        return value != Value.NONE && width == 0 ? ":" : "";
    }

    private String value(Value value, int bin) {
        return switch (value) {
            case NONE -> "";
            case COUNT -> Long.toUnsignedString(count(bin));
            case PERCENT -> Numbers.fixed(Percent.toFloat(percent(bin)), 2);
        };
    }

    private long count(int bin) {
        return bin < counts.size() ? counts.get(bin) : 0;
    }

    private int percent(int bin) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        final boolean empty = bin < boundsNs.size() && boundsNs.get(bin) == lower(bin);
        return sum == 0 || count(bin) == 0 || empty ? 0 : Percent.of(count(bin), sum);
    }

    private long lower(int bin) {
        return bin == 0 ? 0 : boundsNs.get(bin - 1);
    }

    private String bound(int bin, Bounds bounds, int width) {
        final String lower = time(lower(bin));
        if (bounds == Bounds.LOWER) {
            return padded(lower, width);
        }
        return bin == boundsNs.size() ? padded(">" + lower, width) : lower + "-" + time(boundsNs.get(bin));
    }

    private String time(long ns) {
        for (int i = 0; suffixes && i < UNITS_NS.length; i++) {
            if (Long.remainderUnsigned(ns, UNITS_NS[i]) == 0) {
                return Long.toUnsignedString(Long.divideUnsigned(ns, UNITS_NS[i])) + UNITS[i];
            }
        }
        return Long.toUnsignedString(ns);
    }

    private static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
