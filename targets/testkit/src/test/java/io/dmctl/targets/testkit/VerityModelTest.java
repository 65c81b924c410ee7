package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Reads through trees of all shapes that an independent model made, with too few bios and slow devices.
class VerityModelTest {
    private static final int EIO = 5;

    @ParameterizedTest
    @CsvSource({
        "0, sha1, 0, 512, 512",
        "0, sha256, 5, 512, 1024",
        "0, sha512, 32, 1024, 512",
        "1, sha1, 32, 512, 512",
        "1, sha224, 0, 1024, 512",
        "1, sha256, 0, 512, 512",
        "1, sha256, 32, 4096, 4096",
        "1, sha384, 7, 512, 4096",
        "1, sha512, 64, 2048, 1024",
        "1, sha3-256, 16, 512, 512",
        "1, sha3-512, 16, 512, 2048",
    })
    void dataComesThroughAndNothingElse(int version, String algorithm, int saltBytes, int dataBlock, int hashBlock) {
        for (int blocks : new int[] {1, 2, 5, 64, 301}) {
            Seeds.each(2, seed -> {
                final SplittableRandom random = new SplittableRandom(seed);
                final byte[] data = new byte[blocks * dataBlock];
                random.nextBytes(data);
                final byte[] salt = new byte[saltBytes];
                random.nextBytes(salt);
                final NaiveVerity model = NaiveVerity.of(data, version, algorithm, salt, dataBlock, hashBlock);
                // One own bio: those that wait for it must all have their turn.
                try (TestGroup g = new TestGroup(new TestGroup.Config(seed, 2, 16, 1))) {
                    final RamDevice d = g.ram("d", data.length >> 9);
                    d.setContents(data);
                    final RamDevice h = g.ram("h", (model.tree().length >> 9) + 8);
                    final byte[] hashes = new byte[model.tree().length + 4096];
                    System.arraycopy(model.tree(), 0, hashes, hashBlock, model.tree().length);
                    h.setContents(hashes);
                    final TestDevice dev = g.create("v");
                    dev.loadReadOnly("0 " + (data.length >> 9) + " verity " + model.params("d", "h", blocks, 1));
                    dev.resume();
                    final int per = dataBlock >> 9;
                    for (int i = 0; i < 40; i++) {
                        final int n = 1 + random.nextInt(Math.min(blocks, 20));
                        dev.startRead((long) random.nextInt(blocks - n + 1) * per, n * per);
                    }
                    dev.awaitAll();
                    assertArrayEquals(data, dev.read(0, data.length >> 9));
                    // One bit of any data or hash block is found.
                    final int bad = random.nextInt(blocks);
                    final byte[] flipped = data.clone();
                    flipped[bad * dataBlock + random.nextInt(dataBlock)] ^= (byte) (1 << random.nextInt(8));
                    d.setContents(flipped);
                    for (int block = 0; block < blocks; block++) {
                        final int expected = block == bad ? -EIO : 0;
                        assertEquals(expected, dev.status(ReqOp.READ, 0, (long) block * per, per));
                    }
                    assertEquals("0 " + (data.length >> 9) + " verity C -", dev.info());
                }
            });
        }
    }

    @Test
    void everyHashBlockIsChecked() {
        final byte[] data = new byte[300 * 512];
        new SplittableRandom(7).nextBytes(data);
        final NaiveVerity model = NaiveVerity.of(data, 1, "sha256", new byte[0], 512, 512);
        final int hashBlocks = model.tree().length / 512;
        for (int bad = 0; bad < hashBlocks; bad++) {
            final int wrong = bad;
            Seeds.each(1, seed -> {
                try (TestGroup g = new TestGroup(seed)) {
                    g.ram("d", 300).setContents(data);
                    final byte[] tree = model.tree().clone();
                    tree[wrong * 512] ^= 1;
                    g.ram("h", hashBlocks).setContents(tree);
                    final TestDevice dev = g.create("v");
                    dev.loadReadOnly("0 300 verity " + model.params("d", "h", 300, 0));
                    dev.resume();
                    int failed = 0;
                    for (int block = 0; block < 300; block++) {
                        final int status = dev.status(ReqOp.READ, 0, block, 1);
                        failed += status == 0 ? 0 : 1;
                        assertEquals(status == 0 ? 0 : -EIO, status);
                    }
                    // One of level 2 (the root), two of level 1, nineteen of level 0.
                    final int[] expected = new int[hashBlocks];
                    Arrays.fill(expected, 16);
                    expected[0] = 300;
                    expected[1] = 256;
                    expected[2] = 300 - 256;
                    expected[hashBlocks - 1] = 300 - 18 * 16;
                    assertEquals(expected[wrong], failed, "hash block " + wrong);
                }
            });
        }
    }
}
