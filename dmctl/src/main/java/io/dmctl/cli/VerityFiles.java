package io.dmctl.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where data, hashes and parity lie. Offsets are in bytes.
record VerityFiles(Path data, Path hash, Optional<Path> fec, long hashOffset, long fecOffset) {
    boolean dataIsHash() throws IOException {
        return same(data, hash);
    }

    boolean fecIsHash() throws IOException {
        return fec.isPresent() && same(fec.get(), hash);
    }

    private static boolean same(Path a, Path b) throws IOException {
        if (Files.exists(a) && Files.exists(b)) {
            return Files.isSameFile(a, b);
        }
        return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }
}
