package io.dmctl.backend.queue;

/// What an I/O thread does when there is nothing to do: it looks again for `spinNs` before it waits in the
/// kernel. 0: it waits at once; [Long#MAX_VALUE]: it never waits, and takes a processor.
public record IdleStrategy(long spinNs) {
    public static final IdleStrategy BLOCK = new IdleStrategy(0);
    public static final IdleStrategy SPIN = new IdleStrategy(Long.MAX_VALUE);

    private static final int MAX_SPIN_US = 10_000;
    private static final int SPIN_US = 50;
    private static final String SPIN_THEN_BLOCK = "spin-then-block";

    /// `block`, `spin`, `spin-then-block` (50 us) or `spin-then-block:US`.
    ///
    /// @throws IllegalArgumentException when `word` is none of these
    public static IdleStrategy of(String word) {
        return switch (word) {
            case "block" -> BLOCK;
            case "spin" -> SPIN;
            case SPIN_THEN_BLOCK -> spinning(SPIN_US);
            default -> {
                final String us =
                        word.startsWith(SPIN_THEN_BLOCK + ":") ? word.substring(SPIN_THEN_BLOCK.length() + 1) : "";
                if (!us.matches("[0-9]{1,5}") || Integer.parseInt(us) < 1 || Integer.parseInt(us) > MAX_SPIN_US) {
                    throw new IllegalArgumentException(
                            "idle must be block, spin, spin-then-block or spin-then-block:US with 1 to " + MAX_SPIN_US
                                    + " us, was '" + word + "'");
                }
                yield spinning(Integer.parseInt(us));
            }
        };
    }

    private static IdleStrategy spinning(int us) {
        return new IdleStrategy(us * 1000L);
    }

    /// As [#of] takes it.
    public String word() {
        return spinNs == 0 ? "block" : spinNs == Long.MAX_VALUE ? "spin" : SPIN_THEN_BLOCK + ":" + spinNs / 1000;
    }
}
