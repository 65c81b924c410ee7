package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.Bio;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the mirror keeps about a bio; about one of its own, whose bio it is a part of.
///
/// Thread rule: that of its bio.
final class MirrorIo {
    /// Set in map.
    @Nullable
    Bio bio;

    /// From the target's start.
    long sector;

    // ---- a read ----

    int leg;
    /// A queue chose the leg, not the domain.
    boolean direct;

    // ---- a write, flush or discard ----

    /// The region whose pending count it is in.
    @Nullable
    Region region;

    /// Legs that are to be written still, a bit each; then how many are being written.
    int todo;

    int pending;
    /// Legs that could not be written.
    int errors;

    /// Goes to the default leg only, with what that leg says as its status.
    boolean nosync;

    int status;

    // ---- a bio of the mirror's own ----

    @Nullable
    MirrorIo parent;

    @Nullable
    MirrorIo next;

    Bio bio() {
        return Objects.requireNonNull(bio);
    }
}
