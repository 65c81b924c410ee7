package io.dmctl.targets.verity.tree;

import java.io.IOException;
import java.util.Arrays;

/// Makes a tree while the data blocks go by in order; each hash block is told once, when it is complete.
///
/// Confined to one thread.
public final class TreeBuilder {
    /// Takes complete hash blocks.
    @FunctionalInterface
    public interface Visitor {
        /// Block `index` of `level` has `digests` digests; the rest is zeros. What the block holds after this
        /// goes into its digest in the level above, so a check puts there what is on the device.
        void complete(int level, long index, byte[] block, int digests) throws IOException;
    }

    private final HashTree tree;
    private final BlockHasher dataHasher;
    private final BlockHasher hashHasher;
    private final Visitor visitor;
    private final byte[][] blocks;
    private final int[] digests;
    private final long[] done;
    private final byte[] digest;

    public TreeBuilder(HashTree tree, BlockHasher dataHasher, BlockHasher hashHasher, Visitor visitor) {
        this.tree = tree;
        this.dataHasher = dataHasher;
        this.hashHasher = hashHasher;
        this.visitor = visitor;
        this.blocks = new byte[tree.levels()][tree.hashBlockBytes()];
        this.digests = new int[tree.levels()];
        this.done = new long[tree.levels()];
        this.digest = new byte[tree.digestBytes()];
    }

    /// Takes the next data block, at `from` of `bytes`.
    public void add(byte[] bytes, int from) throws IOException {
        dataHasher.digest(bytes, from, digest);
        up(0);
    }

    /// Puts the digest into `level`.
    private void up(int level) throws IOException {
        if (level == tree.levels()) {
            return; // it is the root digest
        }
        System.arraycopy(digest, 0, blocks[level], digests[level] * tree.slotBytes(), digest.length);
        digests[level]++;
        if (digests[level] == 1 << tree.perBlockBits()) {
            complete(level);
        }
    }

    private void complete(int level) throws IOException {
        final byte[] block = blocks[level];
        visitor.complete(level, done[level], block, digests[level]);
        done[level]++;
        digests[level] = 0;
        hashHasher.digest(block, 0, digest);
        Arrays.fill(block, (byte) 0);
        up(level + 1);
    }

    /// All data blocks were added: answers the root digest.
    public byte[] finish() throws IOException {
        for (int level = 0; level < tree.levels(); level++) {
            if (digests[level] > 0) {
                complete(level);
            }
        }
        return digest.clone();
    }
}
