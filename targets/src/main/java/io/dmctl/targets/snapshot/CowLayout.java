package io.dmctl.targets.snapshot;

/// Where things lie on a persistent COW device, in chunks: the header, then areas of exceptions, each followed
/// by as many chunks of data as it has entries. Data has the first place after the first area.
///
/// @kernel drivers/md/dm-snap-persistent.c `area_location` `skip_metadata`
record CowLayout(int chunkSectors) {
    static final int ENTRY_BYTES = 16;
    private static final int HEADER_CHUNKS = 1;

    int chunkBytes() {
        return chunkSectors << 9;
    }

    int entriesPerArea() {
        return chunkBytes() / ENTRY_BYTES;
    }

    long areaChunk(long area) {
        return HEADER_CHUNKS + area * (entriesPerArea() + 1L);
    }

    /// The first chunk that can hold data.
    long firstFree() {
        return HEADER_CHUNKS + 1;
    }

    /// `chunk`, or the one behind it when an area lies there.
    long skipArea(long chunk) {
        return chunk % (entriesPerArea() + 1L) == HEADER_CHUNKS ? chunk + 1 : chunk;
    }

    /// Sectors of the header and of the areas up to `area`.
    long metadataSectors(long area) {
        return (HEADER_CHUNKS + area + 1) * chunkSectors;
    }
}
