package io.dmctl.targets.verity.tree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/// The salted digest of blocks of one size. Version 1 hashes the salt and then the block, version 0 the block and then
/// the salt; both lie in one array here, so that a block costs one call of the JDK's hash function.
///
/// Confined to one thread. Allocates nothing after construction.
///
/// @kernel drivers/md/dm-verity-target.c `verity_hash`
public final class BlockHasher {
    private final MessageDigest md;
    private final byte[] input;
    private final int blockAt;
    private final int blockBytes;
    private final int digestBytes;

    public BlockHasher(HashAlgorithm algorithm, int version, byte[] salt, int blockBytes) {
        this.md = algorithm.newDigest();
        this.digestBytes = algorithm.digestBytes();
        this.blockBytes = blockBytes;
        this.input = new byte[salt.length + blockBytes];
        this.blockAt = version == 0 ? 0 : salt.length;
        System.arraycopy(salt, 0, input, version == 0 ? blockBytes : 0, salt.length);
    }

    /// Puts the digest of the block at `offsetBytes` of `from` at the start of `digest`.
    public void digest(MemorySegment from, long offsetBytes, byte[] digest) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offsetBytes, input, blockAt, blockBytes);
        finish(digest);
    }

    /// As the other, of a block in an array.
    public void digest(byte[] from, int at, byte[] digest) {
        System.arraycopy(from, at, input, blockAt, blockBytes);
        finish(digest);
    }

    /// The digest of a block of zeros.
    public byte[] zeroDigest() {
        Arrays.fill(input, blockAt, blockAt + blockBytes, (byte) 0);
        final byte[] digest = new byte[digestBytes];
        finish(digest);
        return digest;
    }

    private void finish(byte[] digest) {
        md.update(input);
        try {
            md.digest(digest, 0, digestBytes);
        } catch (DigestException e) {
            throw new IllegalStateException(e); // the array is too short
        }
    }
}
