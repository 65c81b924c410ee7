package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the family keeps beside a bio: how far it is, and its place in a list. The same for all three targets,
/// for bios of an origin and of its snapshots wait for one another.
///
/// Thread rule: whoever has the bio.
@HotPath
final class SnapIo {
    /// Where the bio is on its way.
    enum Stage {
        /// Nothing is to be done at its end.
        PASSING,
        /// The domain has to say where it goes.
        MAPPING,
        /// It reads from (or discards on) the origin what may be copied out meanwhile: inside of `slot`.
        TRACKED,
        /// It was TRACKED, and the domain may wait for its end.
        LEFT,
        /// It writes a whole new chunk, straight to the COW device.
        FULL
    }

    /// A target of the family that has bios on the domain.
    interface Mapper {
        /// Says where `io` goes, or has it wait for something, after which this is asked again.
        void mapOnDomain(SnapIo io, QueueContext q);
    }

    private final Mapper target;
    private @Nullable Bio bio;
    private @Nullable Cow cow;
    Stage stage = Stage.PASSING;
    int slot;

    @Nullable
    Pending pending;

    /// For a bio of the target's own: who is told.
    @Nullable
    MetadataSink sink;

    @Nullable
    SnapIo next;

    SnapIo(Mapper target) {
        this.target = target;
    }

    /// The perIo of a bio of one of these targets.
    static SnapIo of(Bio bio) {
        return (SnapIo) Objects.requireNonNull(bio.perIo());
    }

    /// Starts over with `newBio`.
    void begin(Bio newBio, @Nullable Cow newCow) {
        bio = newBio;
        cow = newCow;
        stage = Stage.PASSING;
    }

    void mapOnDomain(QueueContext q) {
        target.mapOnDomain(this, q);
    }

    Bio bio() {
        return Objects.requireNonNull(bio);
    }

    Cow cow() {
        return Objects.requireNonNull(cow);
    }

    /// Null in an origin, or in a target that was to get a COW and never will.
    @Nullable
    Cow cowOrNull() {
        return cow;
    }
}
