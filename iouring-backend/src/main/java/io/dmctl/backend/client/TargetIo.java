package io.dmctl.backend.client;

/// What one target of a device of ours has done since its table went live, and whose code does it, where there is a
/// choice (else empty). Sectors are 512 bytes.
public record TargetIo(
        long startSector,
        long lenSectors,
        String type,
        long readBios,
        long readSectors,
        long writeBios,
        long writeSectors,
        String provider) {
    /// Reads a line of the server's answer.
    static TargetIo parse(String line) {
        final String[] w = line.split(" ", -1);
        final String provider = w.length > 7 ? w[7] : ""; // of a server before there was one
        return new TargetIo(
                number(w[0]), number(w[1]), w[2], number(w[3]), number(w[4]), number(w[5]), number(w[6]), provider);
    }

    private static long number(String word) {
        return Long.parseLong(word);
    }
}
