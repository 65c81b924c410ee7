package io.dmctl.targets.verity;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.verity.tree.BlockHasher;
import io.dmctl.targets.verity.tree.HashAlgorithm;
import io.dmctl.targets.verity.tree.HashTree;
import org.jspecify.annotations.Nullable;

/// The arguments of a table line.
@SuppressWarnings("ArrayRecordComponent")
record VerityParams(
        int version,
        LowerDevice dataDev,
        LowerDevice hashDev,
        int dataBlockBytes,
        HashTree tree,
        HashAlgorithm algorithm,
        byte[] rootDigest,
        byte[] salt,
        VerityOptions options,
        @Nullable FecParams fec) {

    BlockHasher dataHasher() {
        return new BlockHasher(algorithm, version, salt, dataBlockBytes);
    }

    BlockHasher hashHasher() {
        return new BlockHasher(algorithm, version, salt, tree.hashBlockBytes());
    }

    int dataBlockSectors() {
        return dataBlockBytes >> 9;
    }
}
