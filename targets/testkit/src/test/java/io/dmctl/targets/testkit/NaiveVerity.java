package io.dmctl.targets.testkit;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// A hash tree made as the format is told in words: hash the blocks, put as many digests as fit (a power of two)
/// into each block of the next level, until one block is left; the levels lie top first. Knows nothing of the
/// target's code.
@SuppressWarnings("ArrayRecordComponent")
record NaiveVerity(byte[] tree, byte[] root, byte[] salt, int version, String algorithm, int dataBlock, int hashBlock) {
    static NaiveVerity of(byte[] data, int version, String algorithm, byte[] salt, int dataBlock, int hashBlock) {
        List<byte[]> blocks = cut(data, dataBlock);
        final List<byte[]> levels = new ArrayList<>();
        while (blocks.size() > 1) {
            final byte[] level = level(blocks, version, algorithm, salt, hashBlock);
            levels.add(level);
            blocks = cut(level, hashBlock);
        }
        final ByteArrayOutputStream tree = new ByteArrayOutputStream();
        levels.reversed().forEach(tree::writeBytes);
        final byte[] root = hash(blocks.getFirst(), version, algorithm, salt);
        return new NaiveVerity(tree.toByteArray(), root, salt, version, algorithm, dataBlock, hashBlock);
    }

    private static List<byte[]> cut(byte[] bytes, int size) {
        final List<byte[]> blocks = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += size) {
            blocks.add(Arrays.copyOfRange(bytes, at, at + size));
        }
        return blocks;
    }

    private static byte[] level(List<byte[]> blocks, int version, String algorithm, byte[] salt, int hashBlock) {
        final int digest = hash(blocks.getFirst(), version, algorithm, salt).length;
        int slot = digest;
        if (version == 1) {
            slot = 1;
            while (slot < digest) {
                slot *= 2;
            }
        }
        int fit = 1;
        while (fit * 2 * digest <= hashBlock) {
            fit *= 2;
        }
        final byte[] level = new byte[(blocks.size() + fit - 1) / fit * hashBlock];
        for (int i = 0; i < blocks.size(); i++) {
            final byte[] h = hash(blocks.get(i), version, algorithm, salt);
            System.arraycopy(h, 0, level, i / fit * hashBlock + i % fit * slot, digest);
        }
        return level;
    }

    private static byte[] hash(byte[] block, int version, String algorithm, byte[] salt) {
        try {
            final MessageDigest md = MessageDigest.getInstance(
                    algorithm.startsWith("sha3") ? algorithm : algorithm.replaceFirst("sha", "SHA-"));
            if (version == 1) {
                md.update(salt);
            }
            md.update(block);
            if (version == 0) {
                md.update(salt);
            }
            return md.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(algorithm, e);
        }
    }

    String params(String data, String hash, long dataBlocks, long hashStart) {
        return version + " " + data + " " + hash + " " + dataBlock + " " + hashBlock + " " + dataBlocks + " "
                + hashStart
                + " " + algorithm + " " + HexFormat.of().formatHex(root) + " "
                + (salt.length == 0 ? "-" : HexFormat.of().formatHex(salt));
    }
}
