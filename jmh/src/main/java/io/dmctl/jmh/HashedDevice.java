package io.dmctl.jmh;

import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.verity.tree.BlockHasher;
import io.dmctl.targets.verity.tree.HashAlgorithm;
import io.dmctl.targets.verity.tree.HashTree;
import io.dmctl.targets.verity.tree.Hex;
import io.dmctl.targets.verity.tree.TreeBuilder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A lower device that is done at once: data of which every block is what the reader's buffer holds already, and
/// behind it their tree, which is copied.
final class HashedDevice implements BlockDevice {
    static final int BLOCK = 4096;

    private final long dataSectors;
    private final MemorySegment tree;
    private final String params;

    /// `block` is what every data block holds; `salt` is that of the tree.
    HashedDevice(long dataBlocks, byte[] block, HashAlgorithm algorithm, byte[] salt) throws IOException {
        dataSectors = dataBlocks * (BLOCK >> 9);
        final HashTree shape = new HashTree(1, algorithm.digestBytes(), BLOCK, dataBlocks, dataBlocks);
        tree = Arena.global().allocate((shape.endBlock() - shape.startBlock()) * BLOCK);
        final BlockHasher hasher = new BlockHasher(algorithm, 1, salt, BLOCK);
        final TreeBuilder builder = new TreeBuilder(shape, hasher, hasher, (level, index, made, digests) -> {
            final long at = (shape.levelStart(level) + index - dataBlocks) * BLOCK;
            MemorySegment.copy(MemorySegment.ofArray(made), 0, tree, at, BLOCK);
        });
        for (long i = 0; i < dataBlocks; i++) {
            builder.add(block, 0);
        }
        params = "1 7:0 7:0 4096 4096 " + dataBlocks + " " + dataBlocks + " " + algorithm.kernelName() + " "
                + Hex.format(builder.finish()) + " " + Hex.format(salt);
    }

    /// The arguments of a verity target over it.
    String params() {
        return params;
    }

    @Override
    public String name() {
        return "7:0";
    }

    @Override
    public long sizeSectors() {
        return dataSectors + (tree.byteSize() >> 9);
    }

    @Override
    public QueueLimits limits() {
        return QueueLimits.STACKING;
    }

    @Override
    @HotPath
    public void submit(CoreBio bio, IoThread thread) {
        if (bio.sector() >= dataSectors) {
            final MemorySegment to = Objects.requireNonNull(bio.data().memory());
            MemorySegment.copy(
                    tree, (bio.sector() - dataSectors) << 9, to, bio.data().offsetBytes(), bio.lengthBytes());
        }
        thread.lowerDone(bio, 0);
    }
}
