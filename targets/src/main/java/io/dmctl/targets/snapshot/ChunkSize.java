package io.dmctl.targets.snapshot;

/// Which chunk sizes a pair of devices can have.
///
/// @kernel drivers/md/dm-exception-store.c `dm_exception_store_set_chunk_size`
record ChunkSize(int cowBlockBytes, int originBlockBytes) {
    private static final long MAX_SECTORS = Integer.MAX_VALUE >> 9;

    /// Why not `sectors`; empty when it can be.
    String refuses(long sectors) {
        if (Long.bitCount(sectors) != 1) {
            return "Chunk size is not a power of 2";
        }
        if (sectors % (cowBlockBytes >> 9) != 0 || sectors % (originBlockBytes >> 9) != 0) {
            return "Chunk size is not a multiple of device blocksize";
        }
        return sectors > MAX_SECTORS ? "Chunk size is too high" : "";
    }
}
