package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.TargetException;
import org.jspecify.annotations.Nullable;

/// Who of an origin's members share one COW device: at a reload the target in use and the one that takes its
/// place.
///
/// `source` was resumed, `destination` was not; `count` is how many share it; `merging` is any merge of the
/// origin.
/// On the origin's domain.
///
/// @kernel drivers/md/dm-snap.c `__find_snapshots_sharing_cow` `__validate_exception_handover`
record Handover(
        @Nullable Member source,
        @Nullable Member destination,
        @Nullable Member merging,
        int count) {
    static Handover of(Origin origin, Member like) {
        Member source = null;
        Member destination = null;
        Member merging = null;
        int count = 0;
        for (Member m : origin.members()) {
            if (m.isMerge()) {
                merging = m;
            }
            if (m.args().cow() == like.args().cow()) {
                if (m.isActive()) {
                    source = m;
                } else {
                    destination = m;
                }
                count++;
            }
        }
        return new Handover(source, destination, merging, count);
    }

    /// Before `member` joins: must it wait for the source's COW?
    ///
    /// @throws TargetException when it cannot join
    boolean validate(Member member) throws TargetException {
        if (count == 2 || destination != null) {
            throw TargetException.invalid("Snapshot cow pairing for exception table handover failed");
        }
        final Member from = source;
        if (from == null || !member.isMerge()) {
            return from != null;
        }
        if (merging != null) {
            throw TargetException.invalid("A snapshot is already merging.");
        }
        final Cow cow = from.cow();
        if (cow != null && !cow.store.isPersistent()) {
            throw TargetException.invalid("Snapshot exception store does not support snapshot-merge.");
        }
        return true;
    }

    /// May `member` be resumed?
    ///
    /// @throws TargetException when it is the source, or the source is in use
    void validateResume(Member member) throws TargetException {
        if (source != null && destination != null) {
            if (member == source) {
                throw TargetException.invalid("Unable to resume snapshot source until handover completes.");
            }
            if (!source.isSuspended()) {
                throw TargetException.invalid("Unable to perform snapshot handover until source is suspended.");
            }
        }
    }

    /// The destination gets the source's COW with all that is on its way into it.
    void perform() {
        if (source == null || destination == null || destination.isOver()) {
            return;
        }
        final Cow cow = source.cow();
        source.cow(null);
        source.end();
        if (cow != null) {
            cow.handTo(destination);
            destination.cow(cow);
        } else {
            destination.end();
        }
    }

    /// `member` goes: who waits for its COW will not get it.
    void cancel(Member member) {
        if (member == source && destination != null) {
            destination.end();
        }
    }
}
