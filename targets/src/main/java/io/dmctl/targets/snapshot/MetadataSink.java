package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.QueueContext;

/// Is told, on the domain, when a bio of metadata is done.
@FunctionalInterface
interface MetadataSink {
    /// `status` is 0 or `-errno`.
    void metadataDone(int status, QueueContext q);
}
