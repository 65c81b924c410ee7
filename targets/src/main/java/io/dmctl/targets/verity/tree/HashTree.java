package io.dmctl.targets.verity.tree;

/// The shape of a hash tree: which hash block, and which bytes of it, hold the digest of what. Level 0 holds the
/// digests of the data blocks; the top level is one block, whose digest is the root digest. On the device the top
/// level comes first. One data block has no tree: its digest is the root digest.
///
/// Blocks are counted in hash blocks from the start of the hash device.
///
/// @kernel drivers/md/dm-verity-target.c `verity_ctr` `verity_hash_at_level`
public final class HashTree {
    private final int version;
    private final int digestBytes;
    private final int hashBlockBytes;
    private final long dataBlocks;
    private final long startBlock;
    private final int perBlockBits;
    private final long[] levelStart;
    private final long endBlock;

    /// `hashBlockBytes` is a power of two that holds two digests at least.
    public HashTree(int version, int digestBytes, int hashBlockBytes, long dataBlocks, long startBlock) {
        this.version = version;
        this.digestBytes = digestBytes;
        this.hashBlockBytes = hashBlockBytes;
        this.dataBlocks = dataBlocks;
        this.startBlock = startBlock;
        this.perBlockBits = 31 - Integer.numberOfLeadingZeros(hashBlockBytes / digestBytes);
        this.levelStart = new long[countLevels()];
        long at = startBlock;
        for (int level = levelStart.length - 1; level >= 0; level--) {
            levelStart[level] = at;
            at = addOrLast(at, blocksAt(level));
        }
        this.endBlock = at;
    }

    private int countLevels() {
        int count = 0;
        while (dataBlocks != 0 && shifted(dataBlocks - 1, perBlockBits * count) != 0) {
            count++;
        }
        return count;
    }

    private static long shifted(long value, int bits) {
        return bits >= Long.SIZE ? 0 : value >>> bits;
    }

    private static long addOrLast(long a, long b) {
        return Long.compareUnsigned(a + b, a) < 0 ? -1L : a + b;
    }

    public int levels() {
        return levelStart.length;
    }

    public int digestBytes() {
        return digestBytes;
    }

    public int hashBlockBytes() {
        return hashBlockBytes;
    }

    public long dataBlocks() {
        return dataBlocks;
    }

    public long startBlock() {
        return startBlock;
    }

    /// The first block after the tree, unsigned; 2^64 - 1 where it would be past that.
    public long endBlock() {
        return endBlock;
    }

    /// How many hash blocks `level` has.
    public long blocksAt(int level) {
        return shifted(dataBlocks - 1, perBlockBits * (level + 1)) + 1;
    }

    /// The first hash block of `level`.
    public long levelStart(int level) {
        return levelStart[level];
    }

    /// How many digests a hash block holds, as a power of two.
    public int perBlockBits() {
        return perBlockBits;
    }

    /// The hash block of `level` on the way from the root to data block `dataBlock`.
    public long hashBlock(int level, long dataBlock) {
        return levelStart[level] + shifted(dataBlock, perBlockBits * (level + 1));
    }

    /// Where that hash block holds the digest of what is below it on that way, in bytes.
    public int digestOffset(int level, long dataBlock) {
        final int slot = (int) (shifted(dataBlock, perBlockBits * level) & ((1 << perBlockBits) - 1));
        return slot * slotBytes();
    }

    /// How far the digests of a hash block are apart: version 0 packs them, version 1 pads them to a power of two.
    public int slotBytes() {
        return version == 0 ? digestBytes : hashBlockBytes >> perBlockBits;
    }
}
