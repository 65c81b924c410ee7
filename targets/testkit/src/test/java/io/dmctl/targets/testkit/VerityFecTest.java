package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What can be corrected is, and what cannot is never returned.
class VerityFecTest {
    private static final int EIO = 5;
    private static final int BLOCKS = 600;
    private static final int ALL = 600;

    private static VerityRig rig(long seed, int roots) {
        return new VerityRig(seed, BLOCKS, ALL, roots, seed % 2 == 0 ? 8 : 1);
    }

    /// Data blocks that share their codewords, `count` of them.
    private static int[] sameCodewords(VerityRig rig, int roots, int count, long seed) {
        final long covered = rig.blocks() + rig.hashes.sizeSectors();
        final int regionBlocks = (int) ((covered + 254 - roots) / (255 - roots));
        final SplittableRandom random = new SplittableRandom(seed);
        final TreeSet<Integer> picked = new TreeSet<>();
        final int index = random.nextInt(regionBlocks);
        while (picked.size() < count) {
            final int block = random.nextInt(255 - roots) * regionBlocks + index;
            if (block < rig.blocks()) {
                picked.add(block);
            }
        }
        return picked.stream().mapToInt(Integer::intValue).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 24})
    void asManyBadBlocksAsThereAreRootsAreCorrected(int roots) {
        Seeds.each(2, seed -> {
            for (int count : new int[] {1, roots / 2, roots}) {
                try (VerityRig rig = rig(seed, roots)) {
                    final TestDevice dev = rig.live();
                    for (int block : sameCodewords(rig, roots, count, seed)) {
                        rig.spoil(rig.data, block);
                    }
                    assertArrayEquals(rig.good, dev.read(0, BLOCKS));
                    assertEquals("V " + count, rig.info());
                    assertEquals(count, rig.spoiled());
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void oneMoreIsNot(int roots) {
        Seeds.each(2, seed -> {
            try (VerityRig rig = rig(seed, roots)) {
                final TestDevice dev = rig.live();
                final int[] bad = sameCodewords(rig, roots, roots + 1, seed);
                for (int block : bad) {
                    rig.spoil(rig.data, block);
                }
                for (int block : bad) {
                    assertEquals(-EIO, dev.status(ReqOp.READ, 0, block, 1));
                }
                assertEquals("C 0", rig.info());
            }
        });
    }

    @Test
    void hashBlocksAreCorrectedToo() {
        Seeds.each(2, seed -> {
            try (VerityRig rig = rig(seed, 4)) {
                final TestDevice dev = rig.live();
                final int bad = (int) (seed * 7 % rig.hashBlocks());
                rig.spoil(rig.hashes, bad);
                assertArrayEquals(rig.good, dev.read(0, BLOCKS));
                assertTrue(rig.info().matches("V [12]"), rig::info); // once a thread
            }
        });
    }

    /// The search for wrong blocks needs hash blocks, of which some are wrong themselves.
    @Test
    void dataAndHashBlocksTogether() {
        Seeds.each(2, seed -> {
            try (VerityRig rig = rig(seed, 8)) {
                final TestDevice dev = rig.live();
                final SplittableRandom random = new SplittableRandom(seed);
                for (int block : sameCodewords(rig, 8, 6, seed)) {
                    rig.spoil(rig.data, block);
                }
                for (int i = 0; i < 3; i++) {
                    rig.spoil(rig.hashes, 2 + random.nextInt(rig.hashBlocks() - 2));
                }
                for (int i = 0; i < 20; i++) {
                    dev.startRead(random.nextInt(BLOCKS - 30), 30);
                }
                dev.awaitAll();
                for (int block = 0; block < BLOCKS; block++) {
                    final TestIo io = dev.startRead(block, 1);
                    if (dev.await(io) == 0) {
                        assertArrayEquals(Arrays.copyOfRange(rig.good, block << 9, (block + 1) << 9), io.buffer());
                    }
                }
            }
        });
    }

    @Test
    void whatCannotBeReadIsCorrected() {
        Seeds.each(2, seed -> {
            try (VerityRig rig = rig(seed, 4)) {
                final TestDevice dev = rig.live();
                for (int block : sameCodewords(rig, 4, 4, seed)) {
                    rig.data.fail(Fault.all(EIO, ReqOp.READ).within(block, 1));
                }
                for (int block = 0; block < BLOCKS; block++) {
                    assertArrayEquals(Arrays.copyOfRange(rig.good, block << 9, (block + 1) << 9), dev.read(block, 1));
                }
                assertEquals("V 4", rig.info());
            }
        });
    }

    @Test
    void aHashBlockThatCannotBeReadIsCorrected() {
        Seeds.each(2, seed -> {
            try (VerityRig rig = rig(seed, 2)) {
                final TestDevice dev = rig.live();
                rig.hashes.fail(Fault.all(EIO, ReqOp.READ).within(seed % rig.hashBlocks(), 1));
                assertArrayEquals(rig.good, dev.read(0, BLOCKS));
            }
        });
    }

    @Test
    void withoutParityToBeReadItFails() {
        Seeds.each(2, seed -> {
            try (VerityRig rig = rig(seed, 2)) {
                final TestDevice dev = rig.live();
                rig.spoil(rig.data, 5);
                rig.fec.fail(Fault.all(EIO, ReqOp.READ));
                assertEquals(-EIO, dev.status(ReqOp.READ, 0, 5, 1));
                assertEquals("C 0", rig.info());
                rig.fec.heal();
                dev.read(5, 1);
                assertEquals("C 1", rig.info());
            }
        });
    }

    /// Blocks of zeros need not be on the disk at all: what is there instead must not spoil the codewords.
    @Test
    void zeroBlocksThatAreNotThereCountAsZeros() {
        Seeds.each(2, seed -> {
            try (VerityRig rig = new VerityRig(seed, BLOCKS, BLOCKS / 2, 2, 8)) {
                final TestDevice dev = rig.live("ignore_zero_blocks");
                for (int block = BLOCKS / 2; block < BLOCKS; block++) {
                    rig.spoil(rig.data, block);
                }
                rig.spoil(rig.data, 17);
                assertArrayEquals(rig.good, dev.read(0, BLOCKS));
                assertEquals("V 1", rig.info());
            }
        });
    }
}
