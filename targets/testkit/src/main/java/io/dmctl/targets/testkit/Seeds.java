package io.dmctl.targets.testkit;

/// Repeats a random test. `-Ddmctl.seed=N` runs it once, with that seed.
public final class Seeds {
    private static final String PROPERTY = "dmctl.seed";

    private Seeds() {}

    /// A test that draws all chance from its seed.
    @FunctionalInterface
    public interface Body {
        void run(long seed) throws Exception;
    }

    /// Runs `body` with `count` seeds, always the same ones.
    ///
    /// @throws AssertionError that names the seed, when one fails
    public static void each(int count, Body body) {
        final Long only = Long.getLong(PROPERTY);
        if (only != null) {
            run(only, body);
            return;
        }
        for (long seed = 1; seed <= count; seed++) {
            run(seed, body);
        }
    }

    private static void run(long seed, Body body) {
        try {
            body.run(seed);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + " (-D" + PROPERTY + "=" + seed + "): " + e.getMessage(), e);
        }
    }
}
