package io.dmctl.bindings.control;

import org.jspecify.annotations.Nullable;

/// How a command ended. `errno` is 0 or positive; the others, where the engine tells them, say why: `reason` in words,
/// `line` of the table and `argument` in that line, both counted from 0, -1 when unknown.
public record DmOutcome(int errno, @Nullable String reason, int line, int argument) {
    public static final DmOutcome OK = new DmOutcome(0, null, -1, -1);

    public static DmOutcome failed(int errno) {
        return new DmOutcome(errno, null, -1, -1);
    }

    public static DmOutcome failed(int errno, String reason) {
        return new DmOutcome(errno, reason, -1, -1);
    }

    /// What a server answers to a request that is none.
    public static DmOutcome of(DmProtocolException e) {
        return new DmOutcome(e.errno(), e.getMessage(), e.line(), -1);
    }
}
