package io.dmctl.cli.compat;

/// Percentages as libdm counts them: in millionths of one, in an int.
final class Percent {
    static final int ONE = 1_000_000;
    private static final int ALL = 100 * ONE;

    private Percent() {}

    /// The share of `part` in `whole`; all of nothing is all.
    static int of(long part, long whole) {
        if (part == whole || whole == 0) {
            return ALL;
        }
        if (part == 0) {
            return 0;
        }
        final int share = (int) (ALL * (Numbers.toDouble(part) / Numbers.toDouble(whole)));
        // What is not all or nothing is not shown as such.
        return share == ALL ? ALL - 1 : Math.max(share, 1);
    }

    static float toFloat(int percent) {
        return (float) percent / ONE;
    }

    /// With two digits behind the point, but nearly nothing and nearly all are not shown as nothing and all.
    static float rounded(int percent) {
        final float least = 0.01f;
        final float step = ONE * least;
        if (percent > 0 && percent < step) {
            return least;
        }
        return percent < ALL && percent > ALL - step ? (ALL - step) / ONE : toFloat(percent);
    }
}
