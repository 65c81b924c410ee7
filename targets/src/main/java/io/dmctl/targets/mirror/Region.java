package io.dmctl.targets.mirror;

import org.jspecify.annotations.Nullable;

/// A region that is written to, was lately, or is copied. Of the others the log knows all there is to know.
///
/// Thread rule: the mirror's domain.
final class Region {
    /// @kernel include/linux/dm-region-hash.h `enum dm_rh_region_states`
    enum State {
        /// In sync, no writes on their way.
        CLEAN,
        /// In sync, writes on their way.
        DIRTY,
        /// Not in sync: the default leg alone is written.
        NOSYNC,
        /// Copied, or about to be once its writes are done; new writes wait.
        RECOVERING
    }

    long key;
    State state = State.CLEAN;
    /// Writes on their way.
    int pending;
    /// The log on stable storage has it dirty.
    boolean logged;

    long idleSinceNs;
    boolean idle;

    /// Writes that wait for the end of the recovery.
    final IoList delayed = new IoList();

    @Nullable
    Region hashNext;

    @Nullable
    Region idlePrev;

    @Nullable
    Region idleNext;
}
