package io.dmctl.bindings.ublkctl;

/// The state of a ublk device (UBLK_S_DEV_*).
public enum UblkState {
    DEAD,
    LIVE,
    QUIESCED,
    FAIL_IO,
    /// A state that a newer kernel has.
    UNKNOWN;

    static UblkState of(int value) {
        return switch (value) {
            case 0 -> DEAD;
            case 1 -> LIVE;
            case 2 -> QUIESCED;
            case 3 -> FAIL_IO;
            default -> UNKNOWN;
        };
    }
}
