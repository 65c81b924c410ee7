package io.dmctl.backend.transport;

import io.dmctl.bindings.ublkctl.UblkFeature;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What becomes of requests when the server of a ublk device dies.
///
/// @kernel drivers/block/ublk_drv.c `ublk_nosrv_should_queue_io` `ublk_nosrv_should_reissue_outstanding`
public enum RecoveryPolicy {
    /// All fail, and the device does not come back.
    NONE(EnumSet.noneOf(UblkFeature.class)),
    /// What is in the server and what comes fails, until the device is recovered.
    FAIL(EnumSet.of(UblkFeature.USER_RECOVERY, UblkFeature.USER_RECOVERY_FAIL_IO)),
    /// What is in the server fails; what comes waits.
    QUEUE(EnumSet.of(UblkFeature.USER_RECOVERY)),
    /// Nothing fails: what was in the server is sent to the next one, and may so be done twice.
    REISSUE(EnumSet.of(UblkFeature.USER_RECOVERY, UblkFeature.USER_RECOVERY_REISSUE));

    private final long needs;

    RecoveryPolicy(Set<UblkFeature> needs) {
        this.needs = UblkFeature.maskOf(needs);
    }

    /// What the driver must have for it.
    Set<UblkFeature> needs() {
        return UblkFeature.setOf(needs);
    }

    /// As on the command line.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException when `word` is none
    public static RecoveryPolicy of(String word) {
        for (RecoveryPolicy policy : values()) {
            if (policy.word().equals(word)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("recovery must be none, fail, queue or reissue, was " + word);
    }
}
