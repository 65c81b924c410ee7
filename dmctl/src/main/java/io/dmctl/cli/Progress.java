package io.dmctl.cli;

import java.io.PrintStream;

/// Tells how far long work is, a line every few seconds on standard error; nothing for what is quick.
final class Progress {
    private static final long EVERY_NS = 5_000_000_000L;

    private final PrintStream err;
    private final String what;
    private final long total;
    private long toldNs = System.nanoTime();

    /// `total` is in the unit of [#at]; `what` begins the lines.
    Progress(PrintStream err, String what, long total) {
        this.err = err;
        this.what = what;
        this.total = total;
    }

    void at(long done) {
        final long now = System.nanoTime();
        if (now - toldNs >= EVERY_NS) {
            toldNs = now;
            err.println(what + ": " + done * 100 / Math.max(1, total) + " %");
        }
    }
}
