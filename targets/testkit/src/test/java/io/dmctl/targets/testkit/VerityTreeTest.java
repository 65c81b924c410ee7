package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.verity.tree.FecEncoder;
import io.dmctl.targets.verity.tree.HashTree;
import io.dmctl.targets.verity.tree.VeritySuperblock;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerityTreeTest {
    @ParameterizedTest
    @CsvSource({
        "1, 32, 4096, 0, 0",
        "2, 32, 4096, 1, 1",
        "128, 32, 4096, 1, 1",
        "129, 32, 4096, 2, 3",
        "16384, 32, 4096, 2, 129",
        "16385, 32, 4096, 3, 132",
        "1000, 20, 512, 3, 68",
        "9, 64, 512, 2, 3",
        "65, 64, 512, 3, 12",
    })
    void levelsAndBlocks(long dataBlocks, int digest, int hashBlock, int levels, long blocks) {
        final HashTree tree = new HashTree(1, digest, hashBlock, dataBlocks, 7);
        assertEquals(levels, tree.levels());
        assertEquals(7 + blocks, tree.endBlock());
    }

    /// Against divisions of numbers without a limit.
    @Test
    void theWayToABlockOfTheLargestDevices() {
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1000; i++) {
            final long dataBlocks = 2 + (random.nextLong() >>> (1 + random.nextInt(60)));
            final int version = random.nextInt(2);
            final HashTree tree = new HashTree(version, 20, 512, dataBlocks, 3);
            final BigInteger per = BigInteger.valueOf(16); // of 25 that would fit
            final long block = random.nextLong(dataBlocks);
            BigInteger index = BigInteger.valueOf(block);
            for (int level = 0; level < tree.levels(); level++) {
                final BigInteger[] next = index.divideAndRemainder(per);
                assertEquals(tree.levelStart(level) + next[0].longValueExact(), tree.hashBlock(level, block));
                assertEquals(next[1].intValueExact() * (version == 0 ? 20 : 32), tree.digestOffset(level, block));
                index = next[0];
            }
            assertEquals(BigInteger.ZERO, index);
            assertEquals(3, tree.hashBlock(tree.levels() - 1, block));
        }
    }

    @Test
    void anEndPastAllNumbersIsTheLastOne() {
        assertEquals(-1L, new HashTree(1, 32, 512, 1000, -10L).endBlock());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 8, 9, 16, 17, 24})
    void parityIsThatOfLongDivision(int roots) {
        final int block = 64;
        final SplittableRandom random = new SplittableRandom(roots);
        final byte[] data = new byte[(255 - roots) * block];
        random.nextBytes(data);
        final FecEncoder encoder = new FecEncoder(roots, block);
        for (int round = 0; round < 2; round++) { // the second one finds nothing of the first
            encoder.start();
            for (int at = 0; at < data.length; at += block) {
                encoder.add(Arrays.copyOfRange(data, at, at + block));
            }
            assertArrayEquals(NaiveFec.parity(data, block, roots), encoder.parity());
        }
    }

    @Test
    void superblockComesBack() {
        final UUID uuid = UUID.fromString("01234567-89ab-cdef-8123-456789abcdef");
        final byte[] salt = {1, 2, (byte) 0xff};
        final byte[] bytes = new VeritySuperblock(1, uuid, "sha256", 4096, 1024, 1L << 40, salt).encode();
        assertEquals(VeritySuperblock.BYTES, bytes.length);
        final VeritySuperblock back = Objects.requireNonNull(VeritySuperblock.decode(bytes));
        assertEquals(uuid, back.uuid());
        assertEquals("sha256", back.algorithm());
        assertEquals(1L << 40, back.dataBlocks());
        assertEquals(1024, back.hashBlockBytes());
        assertArrayEquals(salt, back.salt());
        assertTrue(back.hashType() == 1 && back.dataBlockBytes() == 4096);
        bytes[80] = 1;
        bytes[81] = 1; // a salt of 257 bytes
        assertNull(VeritySuperblock.decode(bytes));
        assertNull(VeritySuperblock.decode(new byte[VeritySuperblock.BYTES]));
    }
}
