package io.dmctl.targets.verity.tree;

/// How blocks are spread over Reed-Solomon codewords. The blocks that are covered, first the data and then the
/// hash device from the start of its tree, are cut into as many regions as a codeword has message bytes; byte `b`
/// of block `n` of every region, with `roots` bytes of parity, is one codeword. So a run of bad blocks costs each
/// codeword one byte.
///
/// @kernel drivers/md/dm-verity-fec.c `verity_fec_ctr` `fec_read_bufs`
public final class FecLayout {
    /// Bytes of a codeword.
    public static final int CODEWORD = 255;

    private final int roots;
    private final int blockBytes;
    private final long blocks;
    private final long dataBlocks;
    private final long regionBlocks;

    /// `blocks` are covered, of which the first `dataBlocks` lie on the data device.
    public FecLayout(int roots, int blockBytes, long blocks, long dataBlocks) {
        this.roots = roots;
        this.blockBytes = blockBytes;
        this.blocks = blocks;
        this.dataBlocks = dataBlocks;
        this.regionBlocks = Long.divideUnsigned(blocks, messageBytes())
                + (Long.remainderUnsigned(blocks, messageBytes()) == 0 ? 0 : 1);
    }

    public int roots() {
        return roots;
    }

    public int blockBytes() {
        return blockBytes;
    }

    public long blocks() {
        return blocks;
    }

    /// How many of the covered blocks lie on the data device.
    public long dataBlocks() {
        return dataBlocks;
    }

    /// The message bytes of a codeword: as many as there are regions.
    public int messageBytes() {
        return CODEWORD - roots;
    }

    /// The blocks of a region.
    public long regionBlocks() {
        return regionBlocks;
    }

    /// How many blocks of the hash device, from the start of the tree, are covered.
    public long hashDeviceBlocks() {
        return blocks - dataBlocks;
    }

    /// The size of the parity, in blocks.
    public long parityBlocks() {
        return regionBlocks * roots;
    }

    /// Block `index` of `region`, counted from the first data block.
    public long block(int region, long index) {
        return region * regionBlocks + index;
    }

    /// Does that block lie on the data device?
    public boolean onDataDevice(long block) {
        return Long.compareUnsigned(block, dataBlocks) < 0;
    }

    /// Is it a block at all? What is past the last one counts as zeros.
    public boolean covered(long block) {
        return Long.compareUnsigned(block, blocks) < 0;
    }

    /// Which block of the hash device it is, counted from the start of the tree.
    public long hashDeviceBlock(long block) {
        return block - dataBlocks;
    }
}
