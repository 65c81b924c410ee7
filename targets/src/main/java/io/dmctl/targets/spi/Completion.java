package io.dmctl.targets.spi;

/// Told when a bio of the target's own is done. A static singleton: what it needs is in the bio.
@FunctionalInterface
public interface Completion {
    /// `bio.status()` is 0 or `-errno`. The bio is the core's again after this returns.
    @HotPath
    void done(Bio bio, QueueContext q);
}
